import { AsyncResource } from 'node:async_hooks';
import { DONE, isPolled, type PolledSource } from './polled.ts';

/** The same stream, polled. A source that cannot be polled costs the promise a value that it gives. */
export function polled<T>(source: AsyncIterable<T>): PolledSource<T> {
  if (isPolled<T>(source)) return source;
  const iterator = source[Symbol.asyncIterator]();
  return isPolled<T>(iterator) ? iterator : new Promised(iterator);
}

/**
 * Calls back for each value, one after the other, and waits for a promise that comes back. As `for await`, it lets go of the source
 * where a callback fails, and rejects with its error.
 */
export const eachValue = <T>(values: AsyncIterable<T>, take: Take<T>): Promise<void> =>
  new Promise((resolve, reject) => new Reading(polled(values), take, resolve, reject).step());

type Take<T> = (value: T) => Promise<void> | undefined;

/** A resource: what wakes it may stand elsewhere in the tree of work. */
class Reading<T> extends AsyncResource {
  readonly #source: PolledSource<T>;
  readonly #take: Take<T>;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(source: PolledSource<T>, take: Take<T>, resolve: () => void, reject: (error: unknown) => void) {
    super('ParleyReading');
    this.#source = source;
    this.#take = take;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  readonly step = (): void => this.runInAsyncScope(this.#read, this);

  #read(): void {
    try {
      for (;;) {
        const result = this.#source.poll(this.step);
        if (!result) return;
        if (result.done) {
          this.#resolve();
          return;
        }
        const taken = this.#take(result.value);
        if (!taken) continue;
        taken.then(this.step, (error) => this.#fail(error));
        return;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const rejected = () => this.#reject(error);
    this.#source.return().then(rejected, rejected);
  }
}

/** An iterator that is read by promises alone. */
class Promised<T> implements PolledSource<T> {
  readonly #iterator: AsyncIterator<T>;
  #result: IteratorResult<T, undefined> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isAsked = false;
  #wake: (() => void) | undefined;

  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator;
  }

  poll(wake: () => void): IteratorResult<T, undefined> | undefined {
    const result = this.#result;
    const failure = this.#failure;
    this.#result = undefined;
    this.#failure = undefined;
    if (failure) throw failure.error;
    if (result) return result;
    this.#wake = wake;
    if (!this.#isAsked) {
      this.#isAsked = true;
      this.#iterator.next().then(this.#came, this.#failed);
    }
    return undefined;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    await this.#iterator.return?.();
    return DONE;
  }

  readonly #came = (result: IteratorResult<T, undefined>): void => {
    this.#result = result;
    this.#tell();
  };

  readonly #failed = (error: unknown): void => {
    this.#failure = { error };
    this.#tell();
  };

  #tell(): void {
    this.#isAsked = false;
    this.#wake?.();
  }
}
