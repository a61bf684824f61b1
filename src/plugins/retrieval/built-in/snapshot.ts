/** Files that hold an index: a header, then its columns one after the other, as they lie in memory. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DamagedFile, FilePart } from './file-part.ts';
import { firstOver } from './first-over.ts';

export type Column = Uint8Array | Uint32Array | Float32Array;
/** A column to be written: as it is, or where it may move or grow meanwhile, its `length` bytes, asked for piece by piece. */
export type ColumnSource = Column | PiecewiseSource;
export interface PiecewiseSource {
  readonly length: number;
  /** The column's type. Default: bytes. A part of the file stays there when it is opened. */
  readonly type?: Place['type'];
  read(start: number, end: number): Uint8Array;
}
export interface Snapshot {
  readonly header: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, Column | FilePart>>;
}

const MAGIC = 'PARLEY-INDEX-2\n\n';
const TYPES = { Uint8Array, Uint32Array, Float32Array };
interface Place {
  readonly type: keyof typeof TYPES | 'FilePart';
  /** Bytes, from the end of the header. */
  readonly start: number;
  readonly length: number;
}

/** Bytes written at a time; searches come between. */
const PIECE = 512 << 10;
/** A temporary file older than this many milliseconds has no writer. */
const LONGEST_WRITE = 3_600_000;
const ALIGNMENT = 16;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Writes the whole file or nothing: into a temporary file, flushed, renamed. If several processes write it, the last one wins.
 * Returns the parts that stay in the file; the caller closes it.
 */
export async function writeSnapshot(
  path: string,
  header: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, ColumnSource>>,
): Promise<Record<string, FilePart>> {
  const places: Record<string, Place> = {};
  let start = 0;
  for (const [name, column] of Object.entries(columns)) {
    places[name] = { type: typeOf(column), start, length: bytesOf(column) };
    start += aligned(bytesOf(column));
  }
  await sweep(path);
  const temporary = `${path}.${randomUUID()}${UNFINISHED}`;
  let written: FilePart | undefined;
  const file = await open(temporary, 'w', 0o600);
  try {
    const text = Buffer.from(JSON.stringify({ header, places, length: start }));
    const head = Buffer.alloc(aligned(MAGIC.length + 8 + text.length));
    head.write(MAGIC);
    head.writeUInt32LE(text.length, MAGIC.length);
    text.copy(head, MAGIC.length + 8);
    await file.write(head);
    const piece = new Uint8Array(PIECE);
    for (const column of Object.values(columns)) await writeColumn(file, column, piece);
    await file.sync();
    await file.close();
    written = FilePart.open(temporary);
    await rename(temporary, path);
    return partsIn(written, head.length, places);
  } catch (error) {
    written?.close();
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

const UNFINISHED = '.new';

/** Deletes temporary files of this file that a kill left. */
async function sweep(path: string): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(UNFINISHED)) continue;
    const file = join(directory, name);
    const written = await stat(file).catch(() => null);
    if (written && Date.now() - written.mtimeMs > LONGEST_WRITE) await rm(file, { force: true });
  }
}

/** The parts that stay in a file whose header ends at `body`. The file stays open only if there are any. */
function partsIn(file: FilePart, body: number, places: Readonly<Record<string, Place>>): Record<string, FilePart> {
  const staying = Object.entries(places).filter(([, { type }]) => type === 'FilePart');
  if (staying.length === 0) file.close();
  return Object.fromEntries(staying.map(([name, { start, length }]) => [name, file.part(body + start, length)]));
}

/** A column of `count` records of `width` bytes. `write` writes each record when it is read. */
export function recordsOf(
  width: number,
  count: number,
  write: (record: number, bytes: Uint8Array, at: number) => void,
): ColumnSource {
  return {
    length: width * count,
    read(start, end) {
      const first = Math.floor(start / width);
      const bytes = new Uint8Array(Math.ceil(end / width - first) * width);
      for (let at = 0; at < bytes.length; at += width) write(first + at / width, bytes, at);
      return bytes.subarray(start - first * width, end - first * width);
    },
  };
}

/** A column of consecutive parts that end at these bytes. Each part is made when it, or some bytes of it, are written. */
export function partsOf(
  ends: Uint32Array,
  part: (place: number, start: number, end: number) => Uint8Array,
): PiecewiseSource {
  return {
    length: ends.at(-1) ?? 0,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let place = firstOver(ends, start), at = start; at < end; place += 1) {
        const first = place === 0 ? 0 : (ends[place - 1] as number);
        const piece = part(place, at - first, Math.min(end, ends[place] as number) - first);
        bytes.set(piece, at - start);
        at += piece.length;
      }
      return bytes;
    },
  };
}

async function writeColumn(file: FileHandle, column: ColumnSource, piece: Uint8Array): Promise<void> {
  const length = bytesOf(column);
  for (let start = 0; start < length; start += PIECE) {
    // A copy: what it is read from may grow, and so move, while it is being written. Always into the same memory.
    const part = bytesIn(column, start, Math.min(length, start + PIECE));
    piece.set(part);
    await file.write(piece, 0, part.length);
    await nextTurn();
  }
  await file.write(new Uint8Array(aligned(length) - length));
}

/**
 * Null if there is no file, or none that is complete and of this form. Each column has its own memory, so that it is released when it is
 * copied or outgrown. Byte columns can shrink while they are copied; numbers in such memory would be
 * read more slowly. The owner of the parts that stay in the file closes it.
 */
export function readSnapshot(path: string): Snapshot | null {
  let file: FilePart | undefined;
  try {
    file = FilePart.open(path);
    const head = Buffer.from(readPart(file, 0, MAGIC.length + 8));
    if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new DamagedFile('not of this form');
    const length = head.readUInt32LE(MAGIC.length);
    const body = aligned(head.length + length);
    const described = JSON.parse(Buffer.from(readPart(file, head.length, length)).toString()) as {
      readonly header: Snapshot['header'];
      readonly places: Readonly<Record<string, Place>>;
      readonly length: number;
    };
    if (file.length !== body + described.length) throw new DamagedFile('not whole');
    const columns: Record<string, Column | FilePart> = {};
    for (const [name, { type, start, length: bytes }] of Object.entries(described.places)) {
      if (start + bytes > described.length) throw new DamagedFile('a column beyond its end');
      if (type === 'FilePart') continue;
      const buffer = readPart(file, body + start, bytes, type === 'Uint8Array');
      columns[name] = new TYPES[type](buffer, 0, bytes / TYPES[type].BYTES_PER_ELEMENT);
    }
    return { header: described.header, columns: { ...columns, ...partsIn(file, body, described.places) } };
  } catch {
    file?.close();
    return null;
  }
}

/** Closes a snapshot that is not used. */
export function closeSnapshot({ columns }: Snapshot): void {
  Object.values(columns)
    .find((column) => column instanceof FilePart)
    ?.close();
}

/** Throws where the file is shorter: what a broken header asks for is never allocated. */
function readPart(file: FilePart, start: number, length: number, shrinks = false): ArrayBuffer {
  if (start + length > file.length) throw new DamagedFile('shorter than it says');
  const buffer = shrinks ? new ArrayBuffer(length, { maxByteLength: length }) : new ArrayBuffer(length);
  file.readTo(new Uint8Array(buffer), start);
  return buffer;
}

const typeOf = (column: ColumnSource): Place['type'] =>
  'read' in column
    ? (column.type ?? 'Uint8Array')
    : column instanceof Uint32Array
      ? 'Uint32Array'
      : column instanceof Float32Array
        ? 'Float32Array'
        : 'Uint8Array';
const bytesOf = (column: ColumnSource): number => ('read' in column ? column.length : column.byteLength);
const bytesIn = (column: ColumnSource, start: number, end: number): Uint8Array =>
  'read' in column ? column.read(start, end) : new Uint8Array(column.buffer, column.byteOffset + start, end - start);
