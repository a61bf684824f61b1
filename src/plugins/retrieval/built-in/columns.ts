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

  /** Copies these entries in this order; all if none are given. */
  copy(entries?: ArrayLike<number>): T {
    if (!entries) return this.#values.slice(0, this.#length) as T;
    const copy = new this.#make(entries.length);
    for (let place = 0; place < copy.length; place += 1) copy[place] = this.#values[entries[place] as number] as number;
    return copy;
  }
}
