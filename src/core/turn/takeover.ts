import type { Store, TakenTurn, TakeoverBounds } from '../ports/store.ts';
import { emit, warn } from '../runtime/diagnostics.ts';
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
}

/** Milliseconds between looks for generations whose lease is over. */
const LOOK_EVERY = 1_000;
/** Generations that one look takes, so that the replicas that are left share them. */
const MOST_AT_ONCE = 20;
const WITHIN: TakeoverBounds = { attempts: 3, age: 120_000 };

/**
 * Resumes generations whose replica died or gave them up, where replicas share a database. One that cannot be resumed becomes
 * INTERRUPTED with the text so far; so does every one that a former life of a server alone left in mid-stream.
 */
export class Takeover {
  readonly #options: TakeoverOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #interrupted = 0;

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, owner } = this.#options;
    if (!store.shared) {
      this.#tell(await store.generations.interruptAbandoned(owner, INTERRUPTED));
      return;
    }
    await this.#look(true);
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
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(formerLife: boolean): Promise<void> {
    const { store, owner, leaseMs, historyMessages, historyTokens, keepText, resume } = this.#options;
    const history = {
      historyLimit: historyTokens > 0 ? historyMessages : 0,
      historyBytes: historyTokens * BYTES_PER_TOKEN,
    };
    const since = performance.now();
    const bounds = { within: WITHIN, limit: MOST_AT_ONCE };
    const taken = await store.takeovers.take({ owner, leaseMs, formerLife, keepText, ...history, ...bounds });
    for (const turn of taken)
      resume(turn, since).catch((error) =>
        warn('takeover', `generation ${turn.begun.generation.id} could not be resumed`, error),
      );
    if (Date.now() - this.#interrupted < leaseMs / 4) return;
    this.#interrupted = Date.now();
    this.#tell(await store.generations.interruptAbandoned('', INTERRUPTED, WITHIN));
  }

  #tell(count: number): void {
    if (count > 0) emit('parley:generations-abandoned', { count });
  }
}
