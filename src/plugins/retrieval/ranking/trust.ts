/** The weight of vectors by how high they rank the first keyword hits. */

/** Queries that are remembered. */
const MEMORY = 30;

/**
 * A neural model may well know better than the words, and is trusted where it agreed with them over the last queries. One that
 * never does (another model behind the same name, noise) loses its say after a few.
 */
export class Trust {
  #agreement = 1;

  readonly of = (agreement: number): number => {
    this.#agreement += (agreement - this.#agreement) / MEMORY;
    return Math.min(1, this.#agreement / ENOUGH);
  };
}

/** Viewers whose trust is remembered; one who is forgotten begins anew. */
const MOST_VIEWERS = 10_000;

/** Trust of each viewer apart: by what one asks, another's rankings must not change. */
export class ViewersTrust {
  readonly #viewers = new Map<string, Trust>();

  of({ viewerId, tenant }: { readonly viewerId: string; readonly tenant: string }): Trust {
    const key = JSON.stringify([tenant, viewerId]);
    const trust = this.#viewers.get(key) ?? new Trust();
    this.#viewers.delete(key);
    this.#viewers.set(key, trust);
    const [oldest] = this.#viewers.keys();
    if (this.#viewers.size > MOST_VIEWERS && oldest !== undefined) this.#viewers.delete(oldest);
    return trust;
  }
}

/** Half of the ranks of the first ten: what good models and good words reach on questions that words alone answer well. */
const ENOUGH = 0.5;
