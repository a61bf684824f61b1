import { inflateRawSync } from 'node:zlib';
import { count, tooMuch, unreadable } from './failures.ts';
import type { Limits } from './options.ts';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const MAX_ENTRIES = 10_000;
/** Text packs to a tenth; what shrinks to a hundredth and is large then was made to be so. */
const MAX_RATIO = 100;
const RATIO_COUNTS_FROM = 10 * 2 ** 20;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly packedSize: number;
  /** The declared size. Untrusted. */
  readonly size: number;
  readonly start: number;
}

const broken = (detail: string) =>
  unreadable(
    `The file is damaged or incomplete (${detail}); save it again from the program that made it, or send it again`,
  );

/** The entries of a zip's directory. Refuses what declares too much, or parts that lie over each other. */
export function zipEntries(bytes: Buffer, limits: Limits): readonly ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END_OF_DIRECTORY)
    throw broken('the zip archive in it has no directory');
  const number = bytes.readUInt16LE(end + 10);
  if (number > MAX_ENTRIES)
    throw tooMuch(`The file packs ${count(number)} parts; at most ${count(MAX_ENTRIES)} are read`);
  const directory = bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  let at = directory;
  for (let index = 0; index < number; index += 1) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw broken('the directory of its zip archive is cut');
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push(entryAt(bytes, at, nameLength));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  refuseOverlaps(entries, directory);
  refuseBombs(entries, limits);
  return entries;
}

function entryAt(bytes: Buffer, at: number, nameLength: number): ZipEntry {
  const header = bytes.readUInt32LE(at + 42);
  if (header + 30 > bytes.length || bytes.readUInt32LE(header) !== LOCAL_HEADER)
    throw broken('a part of its zip archive is missing');
  return {
    name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
    method: bytes.readUInt16LE(at + 10),
    encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
    packedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    start: header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28),
  };
}

/** Parts that share bytes are how a small archive becomes an endless one. */
function refuseOverlaps(entries: readonly ZipEntry[], directory: number): void {
  let free = 0;
  for (const { start, packedSize } of [...entries].sort((a, b) => a.start - b.start)) {
    if (start < free || start + packedSize > directory) throw broken('parts of its zip archive lie over each other');
    free = start + packedSize;
  }
}

function refuseBombs(entries: readonly ZipEntry[], limits: Limits): void {
  let packed = 0;
  let size = 0;
  for (const entry of entries) {
    packed += entry.packedSize;
    size += entry.size;
  }
  refuseExpansion(packed, size, limits);
}

function refuseExpansion(packed: number, size: number, limits: Limits): void {
  if (size > limits.maxExpandedBytes || (size > RATIO_COUNTS_FROM && size > packed * MAX_RATIO))
    throw tooMuch(
      `The file unpacks to more than ${count(Math.floor(Math.min(size, limits.maxExpandedBytes) / 2 ** 20))} MB, which is too much to read; split it into smaller files`,
    );
}

/** Unpacks parts and counts the bytes that come out, regardless of the declared sizes. */
export function zipReader(bytes: Buffer, limits: Limits): (entry: ZipEntry) => Buffer {
  let expanded = 0;
  /** A part that is read again counts once. */
  const counted = new Map<number, number>();
  return ({ name, method, encrypted, packedSize, start }) => {
    if (encrypted) throw unreadable('The file is protected by a password; save it without one and upload it again');
    const packed = bytes.subarray(start, start + packedSize);
    const room = limits.maxExpandedBytes - expanded + (counted.get(start) ?? 0);
    const content = method === 0 ? packed : inflated(packed, method, room, name, limits);
    expanded += content.length - (counted.get(start) ?? 0);
    counted.set(start, content.length);
    refuseExpansion(packedSize, content.length, limits);
    return content;
  };
}

function inflated(packed: Buffer, method: number, room: number, name: string, limits: Limits): Buffer {
  if (method !== 8) throw broken(`${JSON.stringify(name.slice(0, 80))} is packed in a way that is not known`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      refuseExpansion(0, limits.maxExpandedBytes + 1, limits);
    throw broken(`${JSON.stringify(name.slice(0, 80))} cannot be unpacked`);
  }
}
