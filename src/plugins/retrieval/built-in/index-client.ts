import type { PluginContext } from '#core/plugin.ts';
import { Backoff, retry } from '#core/runtime/retry.ts';
import { Thread, ThreadLost } from '#core/runtime/thread.ts';
import type { IndexCalls } from './calls.ts';

type Feed = Pick<PluginContext['passages'], 'changesAfter' | 'latestChange' | 'origin'>;

/** Changes a step. */
const BATCH = 200;
/** Milliseconds before a lost thread is replaced; twice as long after each further loss. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 60_000;
/** Number of lost threads after which a request fails. */
const MOST_LOSSES = 3;
/**
 * Number of changes, also as a share of the passages, after which the files are written at once: each write merges and
 * writes all passages. Below it, they are written after this many milliseconds.
 */
const MANY_CHANGES = 5_000;
const MANY_SHARE = 0.25;
const SAVE_EVERY = 300_000;

const SCRIPT = new URL('./worker.ts', import.meta.url);

export interface IndexClientOptions {
  readonly feed: Feed;
  readonly warn: (message: string, error?: unknown) => void;
  /** The folder of the files. Null: no files. */
  readonly directory: string | null;
  /** False: it is not kept up with the store, and serves for its skills alone. */
  readonly keepsPassages?: boolean;
  readonly script?: URL;
  /** Called with the part that is done, 0..1, while the store is read. */
  readonly onProgress?: (share: number) => void;
}

/** The index in its thread, following the store. If the thread is lost, the index is rebuilt from its file and the store. */
export class IndexClient {
  readonly #options: IndexClientOptions;
  readonly #stopping = new AbortController();
  #thread: Promise<Thread<IndexCalls>> | undefined;
  #alive: Thread<IndexCalls> | undefined;
  #catchingUp: Promise<void> | undefined;
  #saving: Promise<unknown> | undefined;
  #sequence = 0;
  #savedSequence = 0;
  #savedAt = Date.now();
  #size = 0;
  #ready = false;
  /** A thread was lost since the store was last read to its end. */
  #lostBefore = false;
  readonly #backoff = new Backoff({ firstMs: FIRST_PAUSE, longestMs: LONGEST_PAUSE });

  constructor(options: IndexClientOptions) {
    this.#options = options;
  }

  /** Passages in the index. */
  get size(): number {
    return this.#size;
  }

  /** False until the first full read of the store, and while a lost index is rebuilt. */
  get ready(): boolean {
    return this.#ready;
  }

  /** A call that needs the passages in the index. Rejects while it is not ready, and when the signal aborts. */
  async ask<Name extends 'search' | 'keywords' | 'rank'>(
    call: Name,
    asked: IndexCalls[Name]['asked'],
    signal?: AbortSignal,
  ): Promise<IndexCalls[Name]['answer']> {
    const needed = call !== 'rank' || (asked as IndexCalls['rank']['asked']).passages === null;
    if (needed && (!this.#ready || !this.#alive)) throw new Error('the index is being built');
    const thread = this.#alive ?? (await this.#livingThread());
    return thread.ask(call, asked, signal);
  }

  /** A call without the passages of the index: waits for a thread, and repeats the call if the thread is lost. */
  work<Name extends keyof IndexCalls & string>(
    call: Name,
    asked: IndexCalls[Name]['asked'],
    signal?: AbortSignal,
  ): Promise<IndexCalls[Name]['answer']> {
    return this.#outlivingLosses((thread) => thread.ask(call, asked, signal));
  }

  /** Resolves when every change that was committed before the call is in. */
  async catchUp(): Promise<void> {
    if (this.#options.keepsPassages === false) return;
    // The current round may have read the store before the call: wait for the next one, shared by all callers.
    await this.#catchingUp?.catch(() => undefined);
    this.#catchingUp ??= this.#outlivingLosses((thread) => this.#readToTheEnd(thread)).finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  /** Writes the files, where there is anything new. */
  async save(): Promise<void> {
    this.#saving ??= (async () => {
      const sequence = this.#sequence;
      const thread = this.#alive;
      if (!thread || this.#options.directory === null) return;
      await thread.ask('save', {});
      await thread.ask('modelSave', {});
      this.#savedSequence = sequence;
      this.#savedAt = Date.now();
    })().finally(() => {
      this.#saving = undefined;
    });
    await this.#saving;
  }

  async stop(): Promise<void> {
    await this.save().catch((error) => this.#options.warn('the index could not be written to its file', error));
    this.#stopping.abort(new Error('the index has been stopped'));
    this.#ready = false;
    await this.#alive?.end();
  }

  async #readToTheEnd(thread: Thread<IndexCalls>): Promise<void> {
    const { feed, onProgress } = this.#options;
    const first = this.#sequence;
    const last = onProgress ? await feed.latestChange() : 0;
    for (;;) {
      const changes = await feed.changesAfter(this.#sequence, BATCH);
      if (!thread.alive) throw new ThreadLost('the index has ended');
      if (changes.length === 0) break;
      const { sequence, size } = await thread.ask('apply', { changes });
      this.#sequence = sequence;
      this.#size = size;
      onProgress?.(Math.min(1, (sequence - first) / Math.max(1, last - first)));
    }
    this.#ready = true;
    this.#lostBefore = false;
    this.#backoff.reset();
    this.#saveInTime();
  }

  #saveInTime(): void {
    const changes = this.#sequence - this.#savedSequence;
    const many = Math.max(MANY_CHANGES, this.#size * MANY_SHARE);
    if (changes < many && (changes === 0 || Date.now() - this.#savedAt < SAVE_EVERY)) return;
    this.save().catch((error) => this.#options.warn('the index could not be written to its file', error));
  }

  /** The pause between attempts is the new thread's. */
  #outlivingLosses<T>(work: (thread: Thread<IndexCalls>) => Promise<T>): Promise<T> {
    const isTransient = (error: unknown) => error instanceof ThreadLost;
    const pauses = { firstMs: 0, longestMs: 0, tries: MOST_LOSSES, isTransient };
    return retry(async () => work(await this.#livingThread()), pauses);
  }

  #livingThread(): Promise<Thread<IndexCalls>> {
    this.#stopping.signal.throwIfAborted();
    this.#thread ??= this.#newThread().catch((error) => {
      this.#thread = undefined;
      throw error;
    });
    return this.#thread;
  }

  /** After a loss, waits before the next start, so that a text that ends every thread does not start them in a loop. */
  async #newThread(): Promise<Thread<IndexCalls>> {
    const { signal } = this.#stopping;
    if (this.#lostBefore) await this.#backoff.wait(signal);
    const { feed, directory, keepsPassages = true, script = SCRIPT } = this.#options;
    const [origin, latest] = directory === null ? ['', 0] : await Promise.all([feed.origin(), feed.latestChange()]);
    signal.throwIfAborted();
    const thread = new Thread<IndexCalls>((error) => this.#lost(error), script);
    const place = keepsPassages ? directory : null;
    const { sequence, size } = await thread.ask('open', { directory: place, origin, latest });
    this.#alive = thread;
    this.#sequence = sequence;
    this.#savedSequence = sequence;
    this.#size = size;
    return thread;
  }

  #lost(error: unknown): void {
    this.#ready = false;
    this.#alive = undefined;
    this.#thread = undefined;
    this.#lostBefore = true;
    if (this.#stopping.signal.aborted) return;
    this.#options.warn('the index was lost; it is rebuilt from the store', error);
    this.catchUp().catch((failure) => {
      if (!this.#stopping.signal.aborted) this.#options.warn('the index could not be rebuilt', failure);
    });
  }
}
