import { Worker } from 'node:worker_threads';
import type { FoundPassage, PluginHouse } from '#core/plugin.ts';
import type { KeywordQuery } from './passage-index.ts';
import type { IndexRequest } from './worker.ts';

type Feed = PluginHouse['passages'];
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Changes a step. */
const BATCH = 500;

/** The index in its worker, kept up with the store; after a crash it is built anew from there. */
export class IndexClient {
  readonly #feed: Feed;
  readonly #warn: (message: string, error?: unknown) => void;
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  #worker: Worker | undefined;
  #numbers = 0;
  #sequence = 0;
  #size = 0;
  #catchingUp: Promise<void> | undefined;
  #stopped = false;

  constructor(feed: Feed, warn: (message: string, error?: unknown) => void) {
    this.#feed = feed;
    this.#warn = warn;
  }

  /** Passages in the index. */
  get size(): number {
    return this.#size;
  }

  get alive(): boolean {
    return this.#worker !== undefined;
  }

  /** Best first. Rejects when the worker dies or the signal aborts. */
  search(query: KeywordQuery, signal: AbortSignal): Promise<FoundPassage[]> {
    return this.#ask<FoundPassage[]>({ type: 'search', query }, signal);
  }

  /** Resolves when every change that was committed before the call is in. */
  async catchUp(): Promise<void> {
    await this.#catchingUp?.catch(() => undefined);
    this.#catchingUp ??= this.#follow().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
  }

  async #follow(): Promise<void> {
    for (;;) {
      const worker = this.#start();
      const changes = await this.#feed.changesAfter(this.#sequence, BATCH);
      if (changes.length === 0 || this.#stopped) return;
      const { sequence, size } = await this.#ask<{ sequence: number; size: number }>({ type: 'apply', changes });
      if (worker !== this.#worker) continue; // it died meanwhile: from the beginning
      this.#sequence = sequence;
      this.#size = size;
    }
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', ({ id, result, error }: { id: number; result: never; error?: string }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    worker.on('error', (error) => this.#warn('the index ended unexpectedly; it is built anew', error));
    worker.on('exit', () => this.#lost(worker));
    this.#worker = worker;
    this.#sequence = 0;
    return worker;
  }

  #lost(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#size = 0;
    for (const { reject } of this.#waiting.values()) reject(new Error('the index is being built anew'));
    this.#waiting.clear();
    if (!this.#stopped)
      setTimeout(
        () => this.catchUp().catch((error) => this.#warn('the index could not be built anew', error)),
        1_000,
      ).unref();
  }

  #ask<T>(request: Unnumbered<IndexRequest>, signal?: AbortSignal): Promise<T> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new Error('the index is being built anew'));
    this.#numbers += 1;
    const id = this.#numbers;
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settled = () => signal?.removeEventListener('abort', abort);
      this.#waiting.set(id, {
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      worker.postMessage({ ...request, id });
    });
  }
}
