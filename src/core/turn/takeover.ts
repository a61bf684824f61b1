import type { Store, TakenTurn, TakeOver, TakeoverBounds, UnjudgedTurn } from '../ports/store.ts';
import { emit, warn } from '../runtime/diagnostics.ts';
import { inWork } from '../runtime/work.ts';
import { JUDGED_WITHIN } from './afterwards.ts';
import { INTERRUPTED } from './ending.ts';
import { BYTES_PER_TOKEN } from './history.ts';

export interface TakeoverOptions {
  readonly store: Store;
  /** This replica; the same over its restarts. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly historyMessages: number;
  readonly historyTokens: number;
  /** Whether a model here can continue an answer: else the stored text is of no use. */
  readonly keepText: boolean;
  /** Runs the turn here. `since`: `performance.now()` from before it was taken. */
  readonly resume: (taken: TakenTurn, since: number) => Promise<void>;
  /** Judges an answer that is stored. */
  readonly judge: (turn: UnjudgedTurn) => Promise<void>;
}

/** Milliseconds between looks for generations whose lease is over. */
const LOOK_EVERY = 1_000;
/** Generations that one look takes, so that the replicas that are left share them. */
const MOST_AT_ONCE = 20;
/** Milliseconds since an answer began after which nobody judges it any more: a judge that kills its process must not kill all. */
const JUDGED_UP_TO = 300_000;
const WITHIN: TakeoverBounds = { attempts: 3, age: 120_000 };

/**
 * Resumes generations whose replica died or gave them up, where replicas share a database. One that cannot be resumed becomes
 * INTERRUPTED with the text so far; so does every one that a former life of a server alone left in mid-stream.
 */
export class Takeover {
  readonly #options: TakeoverOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #judging: Promise<void> | undefined;
  #stopped = false;
  #interrupted = 0;

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, owner } = this.#options;
    if (!store.shared) {
      this.#tell(await store.generations.interruptAbandoned(owner, INTERRUPTED));
      this.#judge(true);
      return;
    }
    await this.#look(true);
    this.#judge(true);
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look(false)
        .catch((error) => warn('takeover', 'generations of other servers could not be looked for', error))
        .finally(() => {
          this.#looking = undefined;
        });
    }, LOOK_EVERY);
    this.#timer.unref();
  }

  /** Takes no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(formerLife: boolean): Promise<void> {
    const { store, owner, leaseMs, keepText, resume } = this.#options;
    const since = performance.now();
    const bounds = { within: WITHIN, limit: MOST_AT_ONCE };
    const taken = await store.takeovers.take({ owner, leaseMs, formerLife, keepText, ...this.#history(), ...bounds });
    for (const turn of taken) {
      const { id: generationId } = turn.begun.generation;
      inWork({ kind: 'takeover', generationId, trace: turn.asked.trace }, () => resume(turn, since)).catch((error) =>
        warn('takeover', `generation ${generationId} could not be resumed`, error),
      );
    }
    if (Date.now() - this.#interrupted < leaseMs / 4) return;
    this.#interrupted = Date.now();
    this.#tell(await store.generations.interruptAbandoned('', INTERRUPTED, WITHIN));
    this.#judge(false);
  }

  /** In the background, one answer after the other. */
  #judge(formerLife: boolean): void {
    this.#judging ??= this.#judgeAll(formerLife)
      .catch((error) => warn('takeover', 'answers that wait for their evaluation could not be judged', error))
      .finally(() => {
        this.#judging = undefined;
      });
  }

  async #judgeAll(formerLife: boolean): Promise<void> {
    const { store, owner, judge } = this.#options;
    const bounds = { withinMs: JUDGED_WITHIN, age: JUDGED_UP_TO, limit: MOST_AT_ONCE };
    for (const turn of await store.takeovers.takeUnjudged({ owner, formerLife, ...this.#history(), ...bounds })) {
      if (this.#stopped) return;
      const { id: generationId } = turn.begun.generation;
      await inWork({ kind: 'takeover', generationId, trace: turn.asked.trace }, () => judge(turn));
    }
  }

  #history(): Pick<TakeOver, 'historyLimit' | 'historyBytes'> {
    const { historyMessages, historyTokens } = this.#options;
    return { historyLimit: historyTokens > 0 ? historyMessages : 0, historyBytes: historyTokens * BYTES_PER_TOKEN };
  }

  #tell(count: number): void {
    if (count > 0) emit('parley:generations-abandoned', { count });
  }
}
