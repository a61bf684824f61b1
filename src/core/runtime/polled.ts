/**
 * An async iterator that can be read without promises too: a stream is read once a token and reader, and promises that wait for the next
 * token outlive many garbage collections. One reader, in one of both ways.
 */
export interface PolledIterator<T> extends AsyncIterableIterator<T> {
  /** The next value if it is there. Undefined: not yet, and `wake` is called once when there may be one, or the end. */
  poll(wake: () => void): IteratorResult<T, undefined> | undefined;
}

export const isPolled = <T>(iterator: AsyncIterator<T>): iterator is PolledIterator<T> =>
  typeof (iterator as Partial<PolledIterator<T>>).poll === 'function';
