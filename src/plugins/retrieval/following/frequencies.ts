/** Milliseconds that a count is believed: rarity hardly changes, and counting costs as much as searching. */
const BELIEVED = 10_000;
const MOST = 20_000;
/** Viewers whose counts are remembered. */
const MOST_VIEWERS = 256;

/** The passages that a viewer may read. */
export interface Library {
  readonly size: number;
  /** In tokens. */
  readonly averageLength: number;
  /** All passages, of whomever. */
  readonly total: number;
}

/** How many of a viewer's passages have a token, and how many of all. */
export type Counts = readonly [own: number, all: number];

/** How many passages have a token, remembered for a while. */
export class Frequencies {
  #counts = new Map<string, Counts>();
  #since = 0;
  #library: Library = { size: 0, averageLength: 1, total: 0 };

  get library(): Library {
    return this.#library;
  }

  /** Those of the tokens that were counted. Held by a search while others count anew. */
  known(tokens: readonly string[]): Map<string, Counts> {
    if (Date.now() - this.#since > BELIEVED || this.#counts.size > MOST) {
      this.#counts = new Map();
      this.#since = Date.now();
    }
    return new Map(
      tokens.flatMap((token) => {
        const counts = this.#counts.get(token);
        return counts === undefined ? [] : [[token, counts] as const];
      }),
    );
  }

  learn(library: Library, counts: readonly (readonly [string, Counts])[]): void {
    this.#library = library;
    for (const [token, count] of counts) this.#counts.set(token, count);
  }
}

/** Counts of each viewer apart: they differ by what each may read. */
export class ViewersFrequencies {
  readonly #viewers = new Map<string, Frequencies>();

  of({ viewerId, tenant }: { readonly viewerId: string; readonly tenant: string }): Frequencies {
    const key = JSON.stringify([tenant, viewerId]);
    const known = this.#viewers.get(key) ?? new Frequencies();
    this.#viewers.delete(key);
    this.#viewers.set(key, known);
    if (this.#viewers.size > MOST_VIEWERS) this.#viewers.delete(this.#viewers.keys().next().value as string);
    return known;
  }
}
