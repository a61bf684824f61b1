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

/** Half of the ranks of the first ten: what good models and good words reach on questions that words alone answer well. */
const ENOUGH = 0.5;
