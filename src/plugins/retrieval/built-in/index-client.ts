import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundPassage, PluginHouse } from '#core/plugin.ts';
import type { PassageDraft } from '#core/ports/store.ts';
import { IndexThread, ThreadLost } from './index-thread.ts';
import type { KeywordQuery } from './passage-index.ts';

type Feed = Pick<PluginHouse['passages'], 'changesAfter'>;

/** Changes a step: few enough that a search does not wait long behind them. */
const BATCH = 200;
/** Milliseconds before a lost thread is replaced; twice as long after each further loss. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 60_000;
/** How many losses one request outlives before it is told. */
const MOST_LOSSES = 3;

const SCRIPT = new URL('./worker.ts', import.meta.url);

/** The index in its thread, kept up with the store. When the thread is lost, the index is built anew from there. */
export class IndexClient {
  readonly #feed: Feed;
  readonly #warn: (message: string, error?: unknown) => void;
  readonly #script: URL;
  readonly #stopping = new AbortController();
  #thread: IndexThread | undefined;
  #catchingUp: Promise<void> | undefined;
  #sequence = 0;
  #size = 0;
  #ready = false;
  #losses = 0;

  constructor(feed: Feed, warn: (message: string, error?: unknown) => void, script = SCRIPT) {
    this.#feed = feed;
    this.#warn = warn;
    this.#script = script;
  }

  /** Passages in the index. */
  get size(): number {
    return this.#size;
  }

  /** False until the store has been read to its end for the first time, and again while a lost index is built anew. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Best first. Rejects while the index is not ready, and when the signal aborts. */
  async search(query: KeywordQuery, signal: AbortSignal): Promise<readonly FoundPassage[]> {
    if (!this.#ready || !this.#thread) throw new Error('the index is being built');
    return this.#thread.ask('search', query, signal);
  }

  /** The text in passages. Work for the thread, because a long text takes a while. */
  split(text: string, signal: AbortSignal): Promise<readonly PassageDraft[]> {
    return this.#outlivingLosses((thread) => thread.ask('split', { text }, signal));
  }

  /** Resolves when every change that was committed before the call is in. */
  async catchUp(): Promise<void> {
    // What is under way may have read the store before the call: wait for the next round, one for all who wait.
    await this.#catchingUp?.catch(() => undefined);
    this.#catchingUp ??= this.#outlivingLosses((thread) => this.#readToTheEnd(thread)).finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the index has been stopped'));
    this.#ready = false;
    await this.#thread?.end();
  }

  async #readToTheEnd(thread: IndexThread): Promise<void> {
    for (;;) {
      const changes = await this.#feed.changesAfter(this.#sequence, BATCH);
      if (!thread.alive) throw new ThreadLost('the index has ended');
      if (changes.length === 0) break;
      const { sequence, size } = await thread.ask('apply', { changes });
      this.#sequence = sequence;
      this.#size = size;
    }
    this.#ready = true;
    this.#losses = 0;
  }

  async #outlivingLosses<T>(work: (thread: IndexThread) => Promise<T>): Promise<T> {
    for (let losses = 1; ; losses += 1) {
      const thread = await this.#livingThread();
      try {
        return await work(thread);
      } catch (error) {
        if (!(error instanceof ThreadLost) || losses === MOST_LOSSES) throw error;
      }
    }
  }

  /** After a loss only when some time has passed, lest a text that ends every thread keep starting them. */
  async #livingThread(): Promise<IndexThread> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    if (this.#losses > 0 && !this.#thread?.alive) {
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#losses - 1));
      await sleep(pause, undefined, { signal, ref: false });
    }
    if (this.#thread?.alive) return this.#thread;
    this.#sequence = 0;
    this.#size = 0;
    this.#thread = new IndexThread((error) => this.#lost(error), this.#script);
    return this.#thread;
  }

  #lost(error: unknown): void {
    this.#ready = false;
    this.#losses += 1;
    if (this.#stopping.signal.aborted) return;
    this.#warn('the index was lost; it is built anew from the store', error);
    this.catchUp().catch((failure) => {
      if (!this.#stopping.signal.aborted) this.#warn('the index could not be built anew', failure);
    });
  }
}
