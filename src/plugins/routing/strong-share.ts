/** Questions that the threshold is taken from. */
const WINDOW = 1_000;
/** Fewer say too little: until then the configured threshold holds. */
const LEAST = 50;

/** The complexity above which a given share of the last questions lies: "at most 30 % strong". */
export class StrongShare {
  readonly #share: number;
  readonly #last: number[] = [];
  #next = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** The threshold now, never below the configured one's place in the share. Takes the question's complexity in. */
  threshold(complexity: number, configured: number): number {
    const sorted = this.#last.length >= LEAST ? this.#last.toSorted((a, b) => b - a) : null;
    this.#last[this.#next] = complexity;
    this.#next = (this.#next + 1) % WINDOW;
    if (!sorted) return configured;
    const place = Math.floor(this.#share * sorted.length);
    return place >= sorted.length ? 0 : (sorted[place] as number);
  }
}
