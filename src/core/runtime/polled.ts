/**
 * Streams that can be read without promises: one is read once a token, and promises that wait for the next token outlive many garbage
 * collections.
 */

/** What gives values to one reader. */
export interface PolledSource<T> {
  /**
   * The next value if it is there. Undefined: not yet, and `wake` is called once when there may be one, or the end, or a failure, which
   * `poll` throws.
   */
  poll(wake: () => void): IteratorResult<T, undefined> | undefined;
  /** The reader wants no more. */
  return(): Promise<IteratorResult<T, undefined>>;
}

/** A stream that is read in one of both ways. */
export interface PolledIterator<T> extends PolledSource<T>, AsyncIterableIterator<T> {
  return(): Promise<IteratorResult<T, undefined>>;
}

export const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

export const isPolled = <T>(source: AsyncIterator<T> | AsyncIterable<T>): source is PolledIterator<T> =>
  typeof (source as Partial<PolledIterator<T>>).poll === 'function';

/** `next` by way of `poll`. */
export abstract class Polled<T> implements PolledIterator<T> {
  #latest: Promise<unknown> | undefined;

  abstract poll(wake: () => void): IteratorResult<T, undefined> | undefined;
  abstract return(): Promise<IteratorResult<T, undefined>>;

  /** Calls wait for each other, as those of a generator. */
  next(): Promise<IteratorResult<T, undefined>> {
    const read = () => this.#read();
    const next = this.#latest ? this.#latest.then(read, read) : read();
    this.#latest = next;
    const over = () => {
      if (this.#latest === next) this.#latest = undefined;
    };
    next.then(over, over);
    return next;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #read(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          const result = this.poll(step);
          if (result) resolve(result);
        } catch (error) {
          reject(error);
        }
      };
      step();
    });
  }
}
