import { GrowingColumn } from './columns.ts';
import type { FilePart } from './file-part.ts';
import { PagedMemory } from './paged-memory.ts';
import { type PiecewiseSource, partsOf } from './snapshot.ts';

/** The part in a file. */
export interface EntryBytesParts {
  readonly bytes: FilePart;
  /** The end of each entry's bytes. */
  readonly ends: Uint32Array;
}

/** Bytes that a column of 32-bit numbers can count. */
const MOST = 2 ** 32 - 1;

/** Some bytes an entry. Those that went to a file stay there; what came since lies in memory that grows in place. */
export class EntryBytes {
  #file: FilePart | undefined;
  /** Number of first entries in the file, and their bytes. */
  #filed: number;
  #filedBytes: number;
  #memory = new PagedMemory(0);
  #used = 0;
  /** The start and end of each entry's bytes, in the file or in memory. */
  readonly #starts: GrowingColumn<Uint32Array>;
  readonly #ends: GrowingColumn<Uint32Array>;

  constructor(parts?: EntryBytesParts) {
    this.#file = parts?.bytes;
    this.#filed = parts?.ends.length ?? 0;
    this.#filedBytes = parts?.ends.at(-1) ?? 0;
    this.#starts = new GrowingColumn(Uint32Array, parts && startsOf(parts.ends));
    this.#ends = new GrowingColumn(Uint32Array, parts?.ends);
  }

  /** Bytes that lie in memory. */
  get held(): number {
    return this.#used;
  }

  /** Throws a RangeError where there are more than 4 GiB. */
  push(bytes: Uint8Array): void {
    const end = this.#used + bytes.length;
    if (this.#filedBytes + end > MOST) throw new RangeError('the built-in index is full; use a search server');
    this.#memory.reserve(end);
    new Uint8Array(this.#memory.buffer, this.#used).set(bytes);
    this.#starts.push(this.#used);
    this.#ends.push(end);
    this.#used = end;
  }

  /** The bytes of an entry; a view for entries in memory, valid until the next `push`. Throws DamagedFile. */
  get(entry: number): Uint8Array<ArrayBuffer> {
    return this.#part(entry, 0, this.#ends.at(entry) - this.#starts.at(entry));
  }

  /** These entries alone, in their order; rising. */
  keep(entries: readonly number[]): void {
    const filed = entries.filter((entry) => entry < this.#filed);
    this.#filedBytes = filed.reduce((sum, entry) => sum + this.#ends.at(entry) - this.#starts.at(entry), 0);
    this.#filed = filed.length;
    this.#starts.keep(entries);
    this.#ends.keep(entries);
    this.#gather(this.#memory);
  }

  /** These entries in this order, for a file; others may come meanwhile, and none may go. */
  sources(entries: readonly number[]): { bytes: PiecewiseSource; ends: Uint32Array } {
    let end = 0;
    const ends = Uint32Array.from(entries, (entry) => {
      end += this.#ends.at(entry) - this.#starts.at(entry);
      return end;
    });
    const { length, read } = partsOf(ends, (place, from, to) => this.#part(entries[place] as number, from, to));
    return { bytes: { length, read, type: 'FilePart' }, ends };
  }

  /** Reads what `sources` returned from the file from now on and releases its memory. All entries at that time must be among `entries`. */
  moved({ bytes, ends }: EntryBytesParts, entries: readonly number[]): void {
    const starts = startsOf(ends);
    const [own, ownEnds] = [this.#starts.values, this.#ends.values];
    for (const [place, entry] of entries.entries()) {
      own[entry] = starts[place] as number;
      ownEnds[entry] = ends[place] as number;
    }
    this.#file?.close();
    this.#file = bytes;
    this.#filed = entries.length;
    this.#filedBytes = ends.at(-1) ?? 0;
    this.#gather(new PagedMemory(0));
  }

  #part(entry: number, from: number, to: number): Uint8Array<ArrayBuffer> {
    const start = this.#starts.at(entry);
    if (this.#file && entry < this.#filed) return this.#file.read(start + from, start + to);
    return new Uint8Array(this.#memory.buffer, start + from, to - from);
  }

  /** The bytes in memory, one entry's after the other's, to the beginning of `memory`. */
  #gather(memory: PagedMemory): void {
    const former = this.#memory;
    const [starts, ends] = [this.#starts.values, this.#ends.values];
    let used = 0;
    for (let entry = this.#filed; entry < this.#ends.length; entry += 1) {
      const [start, end] = [starts[entry] as number, ends[entry] as number];
      memory.reserve(used + end - start);
      new Uint8Array(memory.buffer).set(new Uint8Array(former.buffer, start, end - start), used);
      starts[entry] = used;
      used += end - start;
      ends[entry] = used;
    }
    this.#memory = memory;
    this.#used = used;
  }
}

const startsOf = (ends: Uint32Array): Uint32Array => ends.map((_, place) => ends[place - 1] ?? 0);
