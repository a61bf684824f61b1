/** Entries of an index as runs of adjacent ones: a viewer's entries are rarely scattered. */
export class Runs implements Iterable<readonly [first: number, end: number]> {
  /** The start and the end (exclusive) of each run, alternately. */
  readonly #bounds: number[] = [];
  #count = 0;

  /** Entries in all runs. */
  get count(): number {
    return this.#count;
  }

  /** Runs. */
  get size(): number {
    return this.#bounds.length / 2;
  }

  /** Entries come in the order in which they are wanted; what follows its neighbour lengthens a run. */
  add(entry: number): void {
    this.#count += 1;
    const last = this.#bounds.length - 1;
    if (last > 0 && this.#bounds[last] === entry) this.#bounds[last] = entry + 1;
    else this.#bounds.push(entry, entry + 1);
  }

  *[Symbol.iterator](): Generator<readonly [first: number, end: number]> {
    for (let place = 0; place < this.#bounds.length; place += 2)
      yield [this.#bounds[place] as number, this.#bounds[place + 1] as number];
  }

  entries(): Uint32Array {
    const entries = new Uint32Array(this.#count);
    let place = 0;
    for (const [first, end] of this)
      for (let entry = first; entry < end; entry += 1) {
        entries[place] = entry;
        place += 1;
      }
    return entries;
  }
}
