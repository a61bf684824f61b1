import { PagedMemory } from './paged-memory.ts';
import { type ColumnSource, partsOf } from './snapshot.ts';

type Numbers = Uint32Array | Float32Array;

/** A column of numbers, one an entry, that grows as entries are added. */
export class GrowingColumn<T extends Numbers> {
  readonly #make: new (
    values: number | ArrayBuffer,
  ) => T;
  #values: T;
  #length: number;

  constructor(make: new (values: number | ArrayBuffer) => T, values: T = new make(0)) {
    this.#make = make;
    this.#values = values;
    this.#length = values.length;
  }

  get length(): number {
    return this.#length;
  }

  /** The numbers themselves, not a copy; valid until the next `push`. */
  get values(): T {
    return this.#values.subarray(0, this.#length) as T;
  }

  at(place: number): number {
    return this.#values[place] as number;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      // The smaller memory is given back at once rather than when the collector comes to it.
      const bytes = Math.max(1_024, this.#length * 2) * this.#values.BYTES_PER_ELEMENT;
      this.#values = new this.#make((this.#values.buffer as ArrayBuffer).transfer(bytes));
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** These entries alone, in this order. */
  keep(entries: ArrayLike<number>): void {
    this.#values = this.copy(entries);
    this.#length = entries.length;
  }

  /** Nothing is left of it; `at` still answers what it held until something is pushed over it. */
  clear(): void {
    this.#length = 0;
  }

  /** Of these entries in this order; of all where none are named. */
  copy(entries?: ArrayLike<number>): T {
    if (!entries) return this.#values.slice(0, this.#length) as T;
    const copy = new this.#make(entries.length);
    for (let place = 0; place < copy.length; place += 1) copy[place] = this.#values[entries[place] as number] as number;
    return copy;
  }
}

/** A column to which many numbers are added at once, in memory that grows in place. */
export class PagedColumn {
  readonly #memory = new PagedMemory(0);
  #values = new Uint32Array(this.#memory.buffer);
  #length: number;

  constructor(parts?: Uint8Array<ArrayBuffer>) {
    this.#length = (parts?.length ?? 0) / Uint32Array.BYTES_PER_ELEMENT;
    if (parts) this.#memory.take(parts, 0);
    this.#values = new Uint32Array(this.#memory.buffer);
  }

  get length(): number {
    return this.#length;
  }

  push(values: Uint32Array): void {
    const length = this.#length + values.length;
    if (length > this.#values.length) {
      this.#memory.reserve(length * Uint32Array.BYTES_PER_ELEMENT);
      this.#values = new Uint32Array(this.#memory.buffer);
    }
    this.#values.set(values, this.#length);
    this.#length = length;
  }

  /** A view, valid until the next `push`. */
  part(start: number, end: number): Uint32Array {
    return this.#values.subarray(start, end);
  }

  /** Nothing is left of it; what it held can still be read until something is pushed over it. */
  clear(): void {
    this.#length = 0;
  }

  /** The same in bytes, of the column as it is when it is asked. */
  bytes(start: number, end: number): Uint8Array {
    const width = Uint32Array.BYTES_PER_ELEMENT;
    return new Uint8Array(this.#memory.buffer, start * width, (end - start) * width);
  }
}

/** Texts, one an entry, as UTF-8 in one piece of memory: a tenth of what as many strings would take to open and to keep. */
export class TextColumn {
  readonly #memory = new PagedMemory(0);
  #used: number;
  /** Where each text ends. */
  readonly #ends: GrowingColumn<Uint32Array>;

  constructor(parts?: TextParts) {
    this.#used = parts?.bytes.length ?? 0;
    if (parts) this.#memory.take(parts.bytes, 0);
    this.#ends = new GrowingColumn(Uint32Array, parts?.ends);
  }

  get size(): number {
    return this.#ends.length;
  }

  push(text: string): void {
    const bytes = Buffer.from(text);
    this.#memory.reserve(this.#used + bytes.length);
    new Uint8Array(this.#memory.buffer, this.#used).set(bytes);
    this.#used += bytes.length;
    this.#ends.push(this.#used);
  }

  get(entry: number): string {
    const start = this.#startOf(entry);
    return Buffer.from(this.#memory.buffer, start, this.#ends.at(entry) - start).toString();
  }

  keep(entries: readonly number[]): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    this.#used = 0;
    const ends = entries.map((entry) => {
      const [start, end] = [this.#startOf(entry), this.#ends.at(entry)];
      bytes.copyWithin(this.#used, start, end);
      this.#used += end - start;
      return this.#used;
    });
    this.#ends.keep(entries);
    this.#ends.values.set(ends);
  }

  /** These entries in this order, for a file; others may come meanwhile. */
  sources(entries: readonly number[]): { bytes: ColumnSource; ends: Uint32Array } {
    let end = 0;
    const ends = Uint32Array.from(entries, (entry) => {
      end += this.#ends.at(entry) - this.#startOf(entry);
      return end;
    });
    const bytes = partsOf(ends, (place) => {
      const entry = entries[place] as number;
      return new Uint8Array(this.#memory.buffer, this.#startOf(entry), this.#ends.at(entry) - this.#startOf(entry));
    });
    return { bytes, ends };
  }

  #startOf(entry: number): number {
    return entry === 0 ? 0 : this.#ends.at(entry - 1);
  }
}
export interface TextParts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array;
}
