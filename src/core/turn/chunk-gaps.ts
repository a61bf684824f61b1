/** Gaps of one call that are kept at most; even, so that what is thinned out goes on where it stands. */
const MOST = 16;

/** Milliseconds between the chunks of a call: all of a short one, of a long one as many as stand evenly over it. */
export class ChunkGaps {
  /** Those that are kept. */
  values: number[] = [];
  /** How many gaps each of them stands for. */
  each = 1;
  #latest = 0;
  #gaps = -1;

  /** A chunk came at this time. */
  add(now: number): void {
    if (this.#gaps >= 0 && this.#gaps % this.each === 0) this.#keep(now - this.#latest);
    this.#gaps += 1;
    this.#latest = now;
  }

  #keep(gap: number): void {
    if (this.values.length === MOST) {
      this.values = this.values.filter((_, index) => index % 2 === 0);
      this.each *= 2;
    }
    this.values.push(gap);
  }
}
