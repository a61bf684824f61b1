import type { ColumnSource } from './snapshot.ts';

type Numbers = Uint32Array | Float32Array;

/** A column of numbers, one an entry, that grows as entries are added. */
export class GrowingColumn<T extends Numbers> {
  readonly #make: new (
    length: number,
  ) => T;
  #values: T;
  #length: number;

  constructor(make: new (length: number) => T, values: T = new make(0)) {
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
      const larger = new this.#make(Math.max(1_024, this.#length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** These entries alone, in this order. */
  keep(entries: ArrayLike<number>): void {
    const kept = new this.#make(entries.length);
    for (let place = 0; place < entries.length; place += 1)
      kept[place] = this.#values[entries[place] as number] as number;
    this.#values = kept;
    this.#length = entries.length;
  }

  copy(): T {
    return this.#values.slice(0, this.#length) as T;
  }
}

/** Texts, one an entry, as UTF-8 in one piece of memory: a tenth of what as many strings would take to open and to keep. */
export class TextColumn {
  #bytes: Uint8Array;
  #used: number;
  /** Where each text ends. */
  readonly #ends: GrowingColumn<Uint32Array>;

  constructor(parts?: TextParts) {
    this.#bytes = parts?.bytes ?? new Uint8Array(0);
    this.#used = this.#bytes.length;
    this.#ends = new GrowingColumn(Uint32Array, parts?.ends);
  }

  get size(): number {
    return this.#ends.length;
  }

  push(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#used + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(1 << 16, Math.ceil((this.#used + bytes.length) * 1.5)));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#ends.push(this.#used);
  }

  get(entry: number): string {
    const start = entry === 0 ? 0 : (this.#ends.values[entry - 1] as number);
    return Buffer.from(
      this.#bytes.buffer,
      this.#bytes.byteOffset + start,
      (this.#ends.values[entry] as number) - start,
    ).toString();
  }

  keep(entries: readonly number[]): void {
    const ends = this.#ends.values.slice();
    this.#used = 0;
    for (const entry of entries) {
      const start = entry === 0 ? 0 : (ends[entry - 1] as number);
      this.#bytes.copyWithin(this.#used, start, ends[entry] as number);
      this.#used += (ends[entry] as number) - start;
    }
    this.#ends.keep(entries);
    let end = 0;
    const kept = this.#ends.values;
    for (const [place, entry] of entries.entries()) {
      end += (ends[entry] as number) - (entry === 0 ? 0 : (ends[entry - 1] as number));
      kept[place] = end;
    }
  }

  /** For a file. Texts that come later lie behind. */
  sources(): { bytes: ColumnSource; ends: Uint32Array } {
    return { bytes: { length: this.#used, read: () => this.#bytes }, ends: this.#ends.copy() };
  }
}
export interface TextParts {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}
