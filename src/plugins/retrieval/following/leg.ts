import { Breaker } from '#core/runtime/breaker.ts';
import { withDeadline } from '#core/runtime/deadline.ts';

/** Milliseconds in which a leg answers, or goes without. */
export const LEG_BUDGET = 300;
/** The budget of a leg within this process: if its threads are late, so is everything else, and leaving it out gains nothing. */
export const LOCAL_BUDGET = 1_500;
/** Failures in a row after which a leg is not asked, and milliseconds until it is tried again. */
const THRESHOLD = 5;
const COOL_DOWN = 5_000;

/** One way to find passages, with a budget and a breaker. Its failure does not fail the search. */
export class Leg {
  readonly name: 'keyword' | 'vector';
  readonly #warn: (message: string, error?: unknown) => void;
  readonly #breaker: Breaker;
  readonly #budget: number;
  #failing = false;

  constructor(name: 'keyword' | 'vector', warn: (message: string, error?: unknown) => void, budget = LEG_BUDGET) {
    this.#budget = budget;
    this.#warn = warn;
    this.name = name;
    this.#breaker = new Breaker({ threshold: THRESHOLD, coolDownMs: COOL_DOWN, circuit: { kind: 'leg', name } });
  }

  /** Returns the result of `ask`. Undefined if it is late, fails, or is not tried now. Rejects only when the signal aborts. */
  async answer<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    signal.throwIfAborted();
    if (!this.#breaker.tryPass()) return undefined;
    try {
      const late = () => new Error(`no answer within ${this.#budget} ms`);
      const answer = await withDeadline(this.#budget, ask, { signal, late, keepAlive: false });
      this.#breaker.succeed();
      this.#failing = false;
      return answer;
    } catch (error) {
      if (signal.aborted) {
        this.#breaker.release();
        throw signal.reason;
      }
      this.#breaker.fail();
      if (!this.#failing) this.#warn(`the ${this.name} leg does not answer; searches go on without it`, error);
      this.#failing = true;
      return undefined;
    }
  }
}
