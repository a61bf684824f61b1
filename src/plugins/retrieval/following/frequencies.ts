/** Milliseconds that a count is believed: rarity hardly changes, and counting costs as much as searching. */
const BELIEVED = 10_000;
const MOST = 20_000;
/** Viewers whose counts are remembered. */
const MOST_VIEWERS = 256;

/** Caches the number of a viewer's passages with a token. */
export class Frequencies {
  #counts = new Map<string, number>();
  #since = 0;
  #size = 0;

  /** Passages that the viewer may read. */
  get size(): number {
    return this.#size;
  }

  /** The counted tokens among these. A search holds the map while others count again. */
  known(tokens: readonly string[]): Map<string, number> {
    if (Date.now() - this.#since > BELIEVED || this.#counts.size > MOST) {
      this.#counts = new Map();
      this.#since = Date.now();
    }
    return new Map(
      tokens.flatMap((token) => {
        const count = this.#counts.get(token);
        return count === undefined ? [] : [[token, count] as const];
      }),
    );
  }

  learn(size: number, counts: readonly (readonly [string, number])[]): void {
    this.#size = size;
    for (const [token, count] of counts) this.#counts.set(token, count);
  }
}

/** Counts of each viewer apart: they differ by what each may read. */
export class ViewersFrequencies {
  readonly #viewers = new Map<string, Frequencies>();

  of({ viewerId, tenant }: { readonly viewerId: string; readonly tenant: string }): Frequencies {
    const key = `${viewerId} ${tenant}`;
    const known = this.#viewers.get(key) ?? new Frequencies();
    this.#viewers.delete(key);
    this.#viewers.set(key, known);
    if (this.#viewers.size > MOST_VIEWERS) this.#viewers.delete(this.#viewers.keys().next().value as string);
    return known;
  }
}
