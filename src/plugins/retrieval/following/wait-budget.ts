import { doneWithin } from '#core/runtime/deadline.ts';

export interface WaitBudgetOptions {
  /** Milliseconds that may be waited at once. */
  readonly mostMs: number;
  /** Milliseconds that come back each second. */
  readonly refillMs: number;
  readonly now?: () => number;
}

/**
 * A token bucket of time. Work that comes now and then waits until what it started is done; much work that comes at once soon does not
 * wait any more.
 */
export class WaitBudget {
  readonly #options: WaitBudgetOptions;
  #left: number;
  #filledAt: number;

  constructor(options: WaitBudgetOptions) {
    this.#options = options;
    this.#left = options.mostMs;
    this.#filledAt = this.#now();
  }

  /** Milliseconds that may be waited now. */
  get left(): number {
    const { mostMs, refillMs } = this.#options;
    const now = this.#now();
    this.#left = Math.min(mostMs, this.#left + ((now - this.#filledAt) * refillMs) / 1_000);
    this.#filledAt = now;
    return this.#left;
  }

  /** Waits for the work while there is time left; true where it was done. Rejects where it rejects, and when the signal aborts. */
  async waitFor(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
    const { left } = this;
    const started = this.#now();
    try {
      return await doneWithin(left, work, signal);
    } finally {
      this.#filledAt = this.#now();
      this.#left = Math.max(0, left - (this.#filledAt - started));
    }
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }
}
