import { Worker } from 'node:worker_threads';
import type { IndexCall, IndexCalls, IndexReply, IndexRequest } from './worker.ts';

/** The thread is gone, and the index with it; whoever waited may ask a new one. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** One life of the index's thread: requests to it and answers from it. It ends by itself or by `end`, and never starts again. */
export class IndexThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #alive = true;

  /** `onLost` is called once, unless it was ended. */
  constructor(onLost: (error: unknown) => void, script: URL) {
    this.#worker = new Worker(script);
    let cause: unknown;
    this.#worker.unref();
    this.#worker.on('message', (reply: IndexReply) => this.#settle(reply));
    this.#worker.on('error', (error) => {
      cause = error;
    });
    this.#worker.on('exit', () => {
      const wasAlive = this.#alive;
      this.#leave(cause);
      if (wasAlive) onLost(cause);
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Rejects with ThreadLost when the thread ends first, with the signal's reason when it aborts. */
  ask<Call extends IndexCall>(
    call: Call,
    asked: IndexCalls[Call]['asked'],
    signal?: AbortSignal,
  ): Promise<IndexCalls[Call]['answer']> {
    if (!this.#alive) return Promise.reject(new ThreadLost('the index has ended'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#number += 1;
    const id = this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<IndexCalls[Call]['answer']>();
    const abort = () => this.#take(id)?.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
    // While somebody waits, the thread keeps the process going.
    this.#worker.ref();
    this.#worker.postMessage({ id, call, asked } satisfies IndexRequest);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  async end(): Promise<void> {
    this.#leave(undefined);
    await this.#worker.terminate();
  }

  #settle(reply: IndexReply): void {
    const waiting = this.#take(reply.id);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.answer);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #leave(cause: unknown): void {
    this.#alive = false;
    for (const { reject } of this.#waiting.values()) reject(new ThreadLost('the index has ended', { cause }));
    this.#waiting.clear();
  }
}
