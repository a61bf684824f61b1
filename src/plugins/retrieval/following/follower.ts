import type { PluginContext } from '#core/plugin.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import { signalWithin, untilAborted } from '#core/runtime/deadline.ts';
import { Backoff } from '#core/runtime/retry.ts';
import { outside } from '#core/runtime/work.ts';
import type { EngineChange, Index } from '../engines/engine.ts';
import { ASKING } from './persist.ts';

export interface FollowerOptions<Entry> {
  readonly index: Index<Entry, never, unknown>;
  readonly feed: PluginContext['passages'];
  /** The index's entries of the passages, in order. */
  readonly entriesOf: (passages: readonly IndexedPassage[], signal: AbortSignal) => Promise<readonly Entry[]>;
  /** Changes a step, which is also what is lost when a step fails. */
  readonly batchSize: number;
  readonly warn: (message: string, error?: unknown) => void;
  /** The name for operators. */
  readonly name: string;
  /** Milliseconds between looks at what other replicas changed. */
  readonly followEvery: number;
  readonly onProgress?: (share: number) => void;
  /** The index was lost, and is being filled from the beginning. */
  readonly onLost?: () => void;
}

const FIRST_PAUSE = 250;
/** The pause of a leg after a failure: searches are soon complete again. */
const LONGEST_PAUSE = 5_000;
/** The time limit for a step of changes; see `ASKING`. */
const WRITING = 60_000;
/** Without other writers, poll this many times less often. The server may have lost the index all the same. */
const SELDOM = 10;

/**
 * Keeps an index up with the store, from where the index itself says that it is. While the engine, the embedding model or the store
 * is down it tries again; nothing is skipped, so that an engine that comes back is complete. Of several replicas one writes.
 */
export class Follower<Entry> {
  readonly #options: FollowerOptions<Entry>;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #rounds: Promise<void> | undefined;
  #again = false;
  /** Rounds that began, and the last that ended with all that there was when it began. */
  #begun = 0;
  #ended = 0;
  #position = 0;
  #lost = false;
  #behind = true;
  #caughtUp = false;
  #failing = false;
  #stopListening: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FollowerOptions<Entry>) {
    this.#options = options;
  }

  /** True once the index had all that the store had, at some moment since the last failure. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }
  get failing(): boolean {
    return this.#failing;
  }
  /** True from the start, a failure or a loss until it had all that the store had. */
  get behind(): boolean {
    return this.#behind;
  }
  /** True while an index that its server lost is rebuilt, and almost empty. */
  get rebuilding(): boolean {
    return this.#lost;
  }

  start(): void {
    const { feed, followEvery } = this.#options;
    this.#stopListening = feed.onChange(() => this.wake());
    this.#timer = setInterval(() => this.wake(), feed.shared ? followEvery : SELDOM * followEvery).unref();
    this.wake();
  }

  wake(): void {
    this.#again = true;
    // A request that changed something must not be the one that all later rounds are traced to.
    this.#rounds ??= outside(() => this.#run()).finally(() => {
      this.#rounds = undefined;
      if (this.#again && !this.#stopping.signal.aborted) this.wake();
    });
  }

  /** Hears of a search: one that fails may mean that the index was lost. */
  searched<T>(search: Promise<T>): Promise<T> {
    return search.catch((error: unknown) => {
      this.wake();
      throw error;
    });
  }

  /**
   * Resolves when all that was committed before the call is in the index; while that cannot be it waits, so ask with a signal. Or
   * rejects at once where the engine is down, or takes up what it missed.
   */
  async upToNow(signal: AbortSignal, whileDown: 'wait' | 'reject' = 'wait'): Promise<void> {
    const latest = await this.#options.feed.latestChange();
    const round = this.#begun + 1;
    this.wake();
    while (!(this.#caughtUp && (this.#position >= latest || this.#ended >= round))) {
      signal.throwIfAborted();
      if (this.#behind && whileDown === 'reject') throw new Error(`${this.#options.name} is behind the store`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await untilAborted(promise, signal).finally(() => this.#waiting.delete(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    clearInterval(this.#timer);
    this.#stopping.abort(new Error('stopped'));
    await this.#rounds?.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff({ firstMs: FIRST_PAUSE, longestMs: LONGEST_PAUSE });
    while (this.#again) {
      this.#again = false;
      this.#begun += 1;
      try {
        const done = await this.#options.feed.exclusively(`index ${this.#options.name}`, () => this.#round(signal));
        // Another replica writes: what it writes is looked at, and is awaited as if it were our own.
        if (!done) await this.#look(signal);
        this.#failing = false;
        if (this.#caughtUp) this.#ended = this.#begun;
        this.#tell();
        backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        if (!this.#failing) this.#options.warn(`${this.#options.name} cannot follow the store; it tries again`, error);
        this.#failing = this.#behind = true;
        this.#caughtUp = false;
        this.#again = true;
        this.#tell();
        await backoff.wait(signal).catch(() => undefined);
      }
      if (signal.aborted) return;
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { index, feed, batchSize, onProgress } = this.#options;
    await this.#told(signal);
    const latest = await feed.latestChange();
    if (this.#position > latest)
      throw new Error(`the index is of another database, or of a later state of this one: run npm run reindex`);
    const first = this.#position;
    for (;;) {
      const after = this.#position;
      const changes = await feed.changesAfter(after, batchSize);
      const last = changes.at(-1);
      if (!last) break;
      await index.apply(await this.#prepared(changes, signal), signalWithin(WRITING, signal), after);
      this.#position = last.sequence;
      onProgress?.(Math.min(1, (last.sequence - first) / Math.max(1, latest - first)));
      this.#tell();
    }
    // An index that was lost after a step may report it only now.
    const written = this.#position;
    if (written > first) await this.#told(signal);
    if (this.#position < written) throw new Error('the index was lost while it was being written; it is filled again');
    // Later sequence numbers belong to uncommitted or rolled-back changes.
    this.#complete();
  }

  async #look(signal: AbortSignal): Promise<void> {
    await this.#told(signal);
    const rest = await this.#options.feed.changesAfter(this.#position, 1);
    if (rest.length === 0) this.#complete();
    else this.#caughtUp = false;
    this.#tell();
  }

  #complete(): void {
    this.#caughtUp = true;
    this.#behind = this.#lost = false;
  }

  /** Reads the index's position. It goes back only if the index was lost and created again. */
  async #told(signal: AbortSignal): Promise<void> {
    const position = await this.#options.index.position(signalWithin(ASKING, signal));
    if (position < this.#position) {
      this.#options.warn(`${this.#options.name} lost what it had; it is filled again`);
      this.#lost = this.#behind = true;
      this.#caughtUp = false;
      this.#options.onLost?.();
    }
    this.#position = position;
  }

  async #prepared(changes: readonly PassageChange[], signal: AbortSignal): Promise<EngineChange<Entry>[]> {
    const passages = changes.flatMap((change) => (change.type === 'added' ? [change.passage] : []));
    const entries = passages.length > 0 ? await this.#options.entriesOf(passages, signal) : [];
    let place = 0;
    return changes.map((change) => {
      if (change.type === 'removed') return change;
      const entry = entries[place] as Entry;
      place += 1;
      return { ...change, entry };
    });
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
  }
}
