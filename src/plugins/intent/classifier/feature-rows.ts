/** The row of each hashed feature, as a `Map` answers it. */
export type FeatureRows = Pick<ReadonlyMap<number, number>, 'get' | 'size' | 'keys'> & Iterable<[number, number]>;

/**
 * Rows in the order of their features' hashes, in two typed arrays: a `Map` of 100,000 takes 80 ms to fill and keeps an object for
 * each hash over 2³¹. Open addressing with linear probing; the hashes are mixed, so their low bits are the place.
 */
export class TypedFeatureRows implements FeatureRows {
  readonly #ids: Uint32Array;
  readonly #mask: number;
  /** Row + 1 at each place; 0 where it is free. */
  readonly #places: Uint32Array;

  /** `ids[row]` is the feature of the row; no feature stands twice. */
  constructor(ids: Uint32Array) {
    this.#ids = ids;
    this.#mask = 2 ** Math.ceil(Math.log2(ids.length * 2 + 1)) - 1;
    this.#places = new Uint32Array(this.#mask + 1);
    for (let row = 0; row < ids.length; row += 1) {
      let place = (ids[row] as number) & this.#mask;
      while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
      this.#places[place] = row + 1;
    }
  }

  get size(): number {
    return this.#ids.length;
  }

  get(id: number): number | undefined {
    for (let place = id & this.#mask; ; place = (place + 1) & this.#mask) {
      const row = this.#places[place] as number;
      if (row === 0) return undefined;
      if (this.#ids[row - 1] === id) return row - 1;
    }
  }

  keys(): MapIterator<number> {
    return this.#ids.values();
  }

  *[Symbol.iterator](): Iterator<[number, number]> {
    for (const [row, id] of this.#ids.entries()) yield [id, row];
  }
}
