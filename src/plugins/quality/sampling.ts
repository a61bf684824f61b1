import { createHash } from 'node:crypto';

/** Decides by the turn's id whether it belongs to the judged share (0..1), so that a repetition decides the same. */
export function isSampled(id: string, share: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32 < share;
}
