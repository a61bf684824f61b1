import { createHash } from 'node:crypto';

/** Bits; a viewer has one. Of two viewers with the same bit the second one counts as seen, whatever their turns are like. */
const BITS = 2 ** 15;

/** Viewers that were seen, in 4 kB at most: a bitmap, compressed by leaving out the end that has none. */
export const NONE_SEEN = '';

export const isSeen = (seen: string, viewer: string): boolean => {
  const [byte, bit] = placeOf(viewer);
  return ((bytesOf(seen)[byte] ?? 0) & bit) !== 0;
};

export function see(seen: string, viewer: string): string {
  const [byte, bit] = placeOf(viewer);
  const before = bytesOf(seen);
  const bytes = Buffer.alloc(Math.max(before.length, byte + 1));
  before.copy(bytes);
  bytes[byte] = (bytes[byte] ?? 0) | bit;
  return bytes.toString('base64');
}

const bytesOf = (seen: string): Buffer => Buffer.from(seen, 'base64');

function placeOf(viewer: string): readonly [byte: number, bit: number] {
  const place = createHash('sha256').update(viewer).digest().readUInt32BE(0) % BITS;
  return [Math.floor(place / 8), 1 << (place % 8)];
}
