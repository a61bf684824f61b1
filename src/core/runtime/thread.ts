import type { HeapInfo } from 'node:v8';
import { parentPort, Worker, type WorkerOptions } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../errors.ts';

/** The calls of a thread by name, with the types of argument and result. `piece`: a part that it sends before the result. */
export type Calls = Readonly<
  Record<string, { readonly asked: unknown; readonly answer: unknown; readonly piece?: unknown }>
>;
/** The thread's implementation of each call. `send` sends pieces. */
export type Handlers<C extends Calls> = {
  readonly [Name in keyof C]: (
    asked: C[Name]['asked'],
    ...send: C[Name] extends { readonly piece: infer Piece } ? [(piece: Piece) => void] : []
  ) => C[Name]['answer'] | Promise<C[Name]['answer']>;
};

interface Request {
  readonly id: number;
  readonly call: string;
  readonly asked: unknown;
}
type Handler = (asked: unknown, send: (piece: unknown) => void) => unknown;
type Reply = { readonly id: number } & (
  | { readonly answer: unknown }
  | { readonly piece: unknown }
  | { readonly error: string; readonly stack?: string | undefined; readonly code?: ErrorCode }
);

/** Runs in the thread: handles its calls. */
export function serve<C extends Calls>(handlers: Handlers<C>): void {
  parentPort?.on('message', async ({ id, call, asked }: Request) => {
    const reply = (message: Reply) => parentPort?.postMessage(message);
    try {
      const handler = handlers[call] as Handler | undefined;
      reply({ id, answer: await handler?.(asked, (piece) => reply({ id, piece })) });
    } catch (error) {
      if (error instanceof AppError) reply({ id, error: error.message, code: error.code });
      else if (error instanceof Error) reply({ id, error: error.message, stack: error.stack });
      else reply({ id, error: String(error) });
    }
  });
}

/** The thread ended and lost its state. Callers may start a new one. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

interface Waiting {
  readonly onPiece: ((piece: unknown) => void) | undefined;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** One thread, with requests to it and answers from it. After its end it never starts again. */
export class Thread<C extends Calls> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #alive = true;

  /** `onLost` is called once, unless it was ended. */
  constructor(onLost: (error: unknown) => void, script: URL, options: WorkerOptions = {}) {
    this.#worker = new Worker(script, options);
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

  /** The size of its heap and of its external memory. Rejects once the thread has ended. */
  heap(): Promise<HeapInfo> {
    return this.#worker.getHeapStatistics();
  }

  /**
   * Rejects with ThreadLost when the thread ends first, with the signal's reason when it aborts, else with what the call threw
   * in the thread: an AppError, or an Error with its message and stack.
   */
  ask<Name extends keyof C & string>(
    call: Name,
    asked: C[Name]['asked'],
    signal?: AbortSignal,
    onPiece?: (piece: C[Name]['piece']) => void,
  ): Promise<C[Name]['answer']> {
    if (!this.#alive) return Promise.reject(new ThreadLost('the thread has ended'));
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#number += 1;
    const id = this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<C[Name]['answer']>();
    const abort = () => this.#take(id)?.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#waiting.set(id, {
      onPiece: onPiece as Waiting['onPiece'],
      resolve: resolve as Waiting['resolve'],
      reject,
    });
    // A waiting caller keeps the process alive.
    this.#worker.ref();
    this.#worker.postMessage({ id, call, asked } satisfies Request);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  async end(): Promise<void> {
    this.#leave(undefined);
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    if ('piece' in reply) {
      this.#waiting.get(reply.id)?.onPiece?.(reply.piece);
      return;
    }
    const waiting = this.#take(reply.id);
    if ('error' in reply) waiting?.reject(errorOf(reply));
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

function errorOf({ error, stack, code }: Extract<Reply, { readonly error: string }>): Error {
  if (code !== undefined) return new AppError(code, error);
  return Object.assign(new Error(error), stack === undefined ? {} : { stack });
}
