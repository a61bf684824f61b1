import type { Metrics } from '#core/plugin.ts';
import { Breaker } from '#core/runtime/breaker.ts';
import { DeadlineExceeded, withDeadline } from '#core/runtime/deadline.ts';

/** Milliseconds in which a leg answers, or goes without. */
export const LEG_BUDGET = 300;
/** The budget of a leg within this process: if its threads are late, so is everything else, and leaving it out gains nothing. */
export const LOCAL_BUDGET = 1_500;
/** Failures in a row after which a leg is not asked, and milliseconds until it is tried again. */
const THRESHOLD = 5;
const COOL_DOWN = 5_000;

export const METRICS = {
  retrieval_searches_total: {
    type: 'counter',
    help: 'Searches by what answered; degraded: a leg that was asked did not',
    labels: { strategy: ['hybrid', 'vector', 'keyword'], degraded: ['yes', 'no'] },
  },
  retrieval_leg_duration_seconds: {
    type: 'histogram',
    help: 'Searches by leg, and whether it answered: a leg that failed, was late or is not tried now is left out',
    labels: { leg: ['keyword', 'vector'], outcome: ['ok', 'failed', 'timed_out', 'skipped'] },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 1.5],
  },
} as const;
type LegOutcome = (typeof METRICS)['retrieval_leg_duration_seconds']['labels']['outcome'][number];

export interface LegOptions {
  readonly name: 'keyword' | 'vector';
  readonly warn: (message: string, error?: unknown) => void;
  readonly metrics: Pick<Metrics, 'observe'>;
  /** Milliseconds in which it answers. */
  readonly budget?: number;
}

/** One way to find passages, with a budget and a breaker. Its failure does not fail the search. */
export class Leg {
  readonly name: 'keyword' | 'vector';
  readonly #warn: LegOptions['warn'];
  readonly #metrics: LegOptions['metrics'];
  readonly #breaker: Breaker;
  readonly #budget: number;
  #failing = false;

  constructor({ name, warn, metrics, budget = LEG_BUDGET }: LegOptions) {
    this.#budget = budget;
    this.#warn = warn;
    this.#metrics = metrics;
    this.name = name;
    this.#breaker = new Breaker({ threshold: THRESHOLD, coolDownMs: COOL_DOWN, circuit: { kind: 'leg', name } });
  }

  /** Returns the result of `ask`. Undefined if it is late, fails, or is not tried now. Rejects only when the signal aborts. */
  async answer<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    signal.throwIfAborted();
    const started = performance.now();
    const observe = (outcome: LegOutcome) => {
      const seconds = (performance.now() - started) / 1000;
      this.#metrics.observe('retrieval_leg_duration_seconds', seconds, { leg: this.name, outcome });
    };
    if (!this.#breaker.tryPass()) {
      observe('skipped');
      return undefined;
    }
    try {
      const answer = await withDeadline(this.#budget, ask, { signal, keepAlive: false });
      this.#breaker.succeed();
      this.#failing = false;
      observe('ok');
      return answer;
    } catch (error) {
      if (signal.aborted) {
        this.#breaker.release();
        throw signal.reason;
      }
      this.#breaker.fail();
      observe(error instanceof DeadlineExceeded ? 'timed_out' : 'failed');
      if (!this.#failing) this.#warn(`the ${this.name} leg does not answer; searches go on without it`, error);
      this.#failing = true;
      return undefined;
    }
  }
}
