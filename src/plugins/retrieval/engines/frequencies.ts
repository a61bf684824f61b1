/** Milliseconds that a count is believed: rarity hardly changes, and counting costs as much as searching. */
const BELIEVED = 10_000;
const MOST = 20_000;

/** How many passages have a token, remembered for a while. */
export class Frequencies {
  #counts = new Map<string, number>();
  #since = 0;
  #size = 0;

  /** Passages in the index. */
  get size(): number {
    return this.#size;
  }

  of(token: string): number {
    return this.#counts.get(token) ?? 0;
  }

  /** Those of the tokens that have to be counted. */
  missing(tokens: readonly string[]): string[] {
    if (Date.now() - this.#since > BELIEVED || this.#counts.size > MOST) {
      this.#counts = new Map();
      this.#since = Date.now();
    }
    return tokens.filter((token) => !this.#counts.has(token));
  }

  learn(size: number, counts: readonly (readonly [string, number])[]): void {
    this.#size = size;
    for (const [token, count] of counts) this.#counts.set(token, count);
  }
}
