import type { PolledIterator } from '#core/runtime/polled.ts';

export interface IdleSource<T> {
  /** Returns the next value, undefined if none is there yet, or 'done' after the last one. */
  take(): T | 'done' | undefined;
  /** Calls back once when there may be something. */
  wait(wake: () => void): void;
  leave(wake: () => void): void;
}

/**
 * An async iterator over a source that gathers values itself. It buffers nothing, so a slow reader costs nothing. It ends at
 * once when the signal aborts or the reader returns.
 */
export const idleIterator = <T extends object>(signal: AbortSignal, source: IdleSource<T>): PolledIterator<T> =>
  new IdleIterator(signal, source);

/** A class, for there is one a reader: an object of closures takes four times the memory. */
class IdleIterator<T extends object> implements PolledIterator<T>, EventListenerObject {
  readonly #signal: AbortSignal;
  readonly #source: IdleSource<T>;
  #ended = false;
  #pending: ((result: IteratorResult<T, undefined>) => void) | undefined;
  #polling: (() => void) | undefined;

  constructor(signal: AbortSignal, source: IdleSource<T>) {
    this.#signal = signal;
    this.#source = source;
    if (signal.aborted) this.#ended = true;
    else signal.addEventListener('abort', this, { once: true });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const result = this.#offer();
    if (result) return Promise.resolve(result);
    return new Promise((resolve) => {
      this.#pending = resolve;
      this.#source.wait(this.#wake);
    });
  }

  poll(again: () => void): IteratorResult<T, undefined> | undefined {
    if (this.#ended) return { done: true, value: undefined };
    const result = this.#offer();
    if (!result) {
      this.#polling = again;
      this.#source.wait(this.#wake);
    }
    return result;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The signal aborts. */
  handleEvent(): void {
    this.#end();
  }

  readonly #wake = (): void => {
    if (this.#polling) this.#pollAgain();
    if (!this.#pending) return;
    const result = this.#offer();
    if (result) this.#settle(result);
    else this.#source.wait(this.#wake);
  };

  #offer(): IteratorResult<T, undefined> | undefined {
    const taken = this.#source.take();
    if (taken === undefined) return undefined;
    if (taken !== 'done') return { done: false, value: taken };
    this.#end();
    return { done: true, value: undefined };
  }

  #settle(result: IteratorResult<T, undefined>): void {
    const resolve = this.#pending;
    this.#pending = undefined;
    resolve?.(result);
  }

  #pollAgain(): void {
    const again = this.#polling;
    this.#polling = undefined;
    again?.();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.leave(this.#wake);
    this.#signal.removeEventListener('abort', this);
    this.#settle({ done: true, value: undefined });
    this.#pollAgain();
  }
}
