/** Rows that may be near, by rising row, each with the entry that it belongs to and its estimated cosine. */
export class Candidates {
  #length = 0;
  #rows = new Uint32Array(1_024);
  #entries = new Uint32Array(1_024);
  #estimates = new Float32Array(1_024);

  /** Valid until the next call. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.#length);
  }

  get entries(): Uint32Array {
    return this.#entries.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  push(row: number, entry: number, estimate: number): void {
    if (this.#length === this.#rows.length) this.#grow();
    this.#put(this.#length, row, entry, estimate);
    this.#length += 1;
  }

  /** Only those are left whose estimates are not under `least`. */
  narrow(least: number): void {
    let kept = 0;
    for (let place = 0; place < this.#length; place += 1) {
      const estimate = this.#estimates[place] as number;
      if (estimate < least) continue;
      this.#put(kept, this.#rows[place] as number, this.#entries[place] as number, estimate);
      kept += 1;
    }
    this.#length = kept;
  }

  #put(place: number, row: number, entry: number, estimate: number): void {
    this.#rows[place] = row;
    this.#entries[place] = entry;
    this.#estimates[place] = estimate;
  }

  #grow(): void {
    const former = [this.#rows, this.#entries, this.#estimates] as const;
    const length = this.#length * 2;
    this.#rows = new Uint32Array(length);
    this.#entries = new Uint32Array(length);
    this.#estimates = new Float32Array(length);
    for (const [place, column] of [this.#rows, this.#entries, this.#estimates].entries())
      column.set(former[place] as Uint32Array);
  }
}
