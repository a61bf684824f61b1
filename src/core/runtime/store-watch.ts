import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { warn } from './diagnostics.ts';

/** What servers tell each other of their database, by another way than that. */
export interface StoreMarks {
  /** This server's database answers: so for `ttlMs`. */
  set(ttlMs: number): Promise<void>;
  /** Whether another server's does. Rejects where that is not known. */
  seen(): Promise<boolean>;
}

export interface StoreWatchOptions {
  /** Rejects where the database does not answer. */
  readonly check: () => Promise<void>;
  /** Null: servers cannot tell each other, and each takes the others for well. */
  readonly marks?: StoreMarks | null;
  /** Milliseconds after which another server runs what ran here. */
  readonly leaseMs: number;
  /** Milliseconds without an answer after which the database is away. */
  readonly patienceMs?: number;
  /** Milliseconds between checks. */
  readonly everyMs?: number;
}

/** Milliseconds before a check that failed is repeated, and between looks at the others' marks. */
const AGAIN = 100;
/** Share of the patience for which a mark counts: where all lose the database at once, no mark outlives the patience. */
const MARKED = 0.9;

/**
 * Knows whether the database of this server answers, so that a server which has lost it alone sends its clients to the others at
 * once. To a load balancer such a server looks idle: it would get every new client, and keep each waiting for a time limit.
 */
export class StoreWatch {
  readonly #options: Required<StoreWatchOptions>;
  readonly #stopped = new AbortController();
  /** `performance.now()` of the first check in a row that failed. */
  #failingSince: number | null = null;
  #away = false;
  #othersAnswer = true;
  #watching = false;
  /** What is guarded now: rejects it. */
  readonly #guarded = new Set<(reason: AppError) => void>();

  constructor({ patienceMs = 1_000, everyMs = 500, marks = null, ...options }: StoreWatchOptions) {
    this.#options = { ...options, patienceMs, everyMs, marks };
  }

  get away(): boolean {
    return this.#away;
  }

  /** There are other servers, which may have the database. */
  get hasOthers(): boolean {
    return this.#watching;
  }

  /** It is away from this server, and as far as is known not from the others. */
  get awayHereAlone(): boolean {
    return this.#away && this.#othersAnswer;
  }

  /** So for longer than a lease: no answer can go on here, and others have taken them over. */
  get awayForLong(): boolean {
    const since = this.#failingSince;
    return this.awayHereAlone && since !== null && performance.now() - since > this.#options.leaseMs;
  }

  /**
   * Does the work. Rejects with STORE_UNAVAILABLE as soon as the database is away from here alone; work that has begun then goes on
   * unheard. Where no other server has it either, the work waits for it as long as it may.
   */
  async guard<T>(work: () => T | PromiseLike<T>): Promise<T> {
    if (!this.#watching) return work();
    if (this.awayHereAlone) throw unavailable();
    const { promise: away, reject } = Promise.withResolvers<never>();
    this.#guarded.add(reject);
    try {
      return await Promise.race([work(), away]);
    } finally {
      this.#guarded.delete(reject);
    }
  }

  start(): void {
    this.#watching = true;
    const { signal } = this.#stopped;
    void Promise.allSettled([this.#watch(signal), this.#look(signal)]); // until they are stopped
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { check, everyMs } = this.#options;
    for (;;) {
      const started = performance.now();
      const answers = await check().then(
        () => true,
        () => false,
      );
      if (answers) this.#found();
      else await this.#missed(started);
      await sleep(answers ? everyMs : AGAIN, undefined, { signal, ref: false });
    }
  }

  /** While checks fail: whether the others are well. */
  async #look(signal: AbortSignal): Promise<void> {
    while (this.#options.marks) {
      if (this.#away) await this.#lookOnce();
      await sleep(AGAIN, undefined, { signal, ref: false });
    }
  }

  async #lookOnce(): Promise<void> {
    const { marks } = this.#options;
    this.#othersAnswer = marks === null || (await marks.seen().catch(() => true));
    if (this.awayHereAlone) for (const reject of this.#guarded) reject(unavailable());
  }

  #found(): void {
    const { marks, patienceMs } = this.#options;
    if (this.#away) warn('store', 'the database answers again');
    this.#away = false;
    this.#failingSince = null;
    marks?.set(patienceMs * MARKED).catch(() => undefined); // the others then take this one for well
  }

  /** A connection that broke is no verdict: the next check has another. */
  async #missed(started: number): Promise<void> {
    this.#failingSince ??= started;
    if (this.#away || performance.now() - this.#failingSince < this.#options.patienceMs) return;
    this.#othersAnswer = false; // until it is known
    this.#away = true;
    warn('store', 'the database does not answer');
    await this.#lookOnce();
  }
}

const unavailable = (): AppError => new AppError('STORE_UNAVAILABLE', 'The database did not answer', { retryAfter: 1 });
