import { parentPort, Worker } from 'node:worker_threads';

/** What a thread is asked, and what it answers to each: a name for each call. */
export type Calls = Readonly<Record<string, { readonly asked: unknown; readonly answer: unknown }>>;
/** How a thread carries its calls out. */
export type Handlers<C extends Calls> = {
  readonly [Name in keyof C]: (asked: C[Name]['asked']) => C[Name]['answer'] | Promise<C[Name]['answer']>;
};

interface Request {
  readonly id: number;
  readonly call: string;
  readonly asked: unknown;
}
type Reply = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

/** In the thread: answers what it is asked. */
export function serve<C extends Calls>(handlers: Handlers<C>): void {
  parentPort?.on('message', async ({ id, call, asked }: Request) => {
    const reply = (message: Reply) => parentPort?.postMessage(message);
    try {
      reply({ id, answer: await handlers[call]?.(asked) });
    } catch (error) {
      reply({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** The thread is gone, and what it held with it; whoever waited may ask a new one. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** One life of a thread: requests to it and answers from it. It ends by itself or by `end`, and never starts again. */
export class Thread<C extends Calls> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #alive = true;

  /** `onLost` is called once, unless it was ended. */
  constructor(onLost: (error: unknown) => void, script: URL) {
    this.#worker = new Worker(script);
    let cause: unknown;
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
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
  ask<Name extends keyof C & string>(
    call: Name,
    asked: C[Name]['asked'],
    signal?: AbortSignal,
  ): Promise<C[Name]['answer']> {
    if (!this.#alive) return Promise.reject(new ThreadLost('the thread has ended'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#number += 1;
    const id = this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<C[Name]['answer']>();
    const abort = () => this.#take(id)?.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
    // While somebody waits, the thread keeps the process going.
    this.#worker.ref();
    this.#worker.postMessage({ id, call, asked } satisfies Request);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  async end(): Promise<void> {
    this.#leave(undefined);
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
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
    for (const { reject } of this.#waiting.values()) reject(new ThreadLost('the thread has ended', { cause }));
    this.#waiting.clear();
  }
}
