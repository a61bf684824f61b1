import { DONE, Polled, type PolledIterator } from '#core/runtime/polled.ts';

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
class IdleIterator<T extends object> extends Polled<T> implements EventListenerObject {
  readonly #signal: AbortSignal;
  readonly #source: IdleSource<T>;
  #ended = false;
  #polling: (() => void) | undefined;

  constructor(signal: AbortSignal, source: IdleSource<T>) {
    super();
    this.#signal = signal;
    this.#source = source;
    if (signal.aborted) this.#end();
    else signal.addEventListener('abort', this, { once: true });
  }

  poll(again: () => void): IteratorResult<T, undefined> | undefined {
    const taken = this.#ended ? 'done' : this.#source.take();
    if (taken === undefined) {
      this.#polling = again;
      this.#source.wait(this.#wake);
      return undefined;
    }
    if (taken !== 'done') return { done: false, value: taken };
    this.#end();
    return DONE;
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** The signal aborts. */
  handleEvent(): void {
    this.#end();
  }

  readonly #wake = (): void => {
    const again = this.#polling;
    this.#polling = undefined;
    again?.();
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#source.leave(this.#wake);
    this.#signal.removeEventListener('abort', this);
    this.#wake();
  }
}
