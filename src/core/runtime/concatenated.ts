import { DONE, Polled, type PolledIterator, type PolledSource } from './polled.ts';

/** The values of one source after the other, as by `yield*`: what a source throws is thrown in the generator where it gave the source. */
export const concatenated = <T>(sources: AsyncGenerator<PolledSource<T>, undefined>): PolledIterator<T> =>
  new Concatenated(sources);

/** Values that are there. */
export function listed<T>(values: readonly T[]): PolledSource<T> {
  const iterator = values[Symbol.iterator]();
  return { poll: () => iterator.next(), return: () => Promise.resolve(DONE) };
}

class Concatenated<T> extends Polled<T> {
  readonly #sources: AsyncGenerator<PolledSource<T>, undefined>;
  #current: PolledSource<T> | undefined;
  #isAsked = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(sources: AsyncGenerator<PolledSource<T>, undefined>) {
    super();
    this.#sources = sources;
  }

  poll(wake: () => void): IteratorResult<T, undefined> | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    if (this.#isOver) return DONE;
    this.#wake = wake;
    if (this.#isAsked) return undefined;
    if (!this.#current) {
      this.#ask(this.#sources.next());
      return undefined;
    }
    try {
      const result = this.#current.poll(wake);
      if (!result?.done) return result;
      this.#ask(this.#sources.next());
    } catch (error) {
      this.#ask(this.#sources.throw(error));
    }
    return undefined;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isOver = true;
    await this.#current?.return();
    await this.#sources.return(undefined);
    return DONE;
  }

  #ask(answer: Promise<IteratorResult<PolledSource<T>, undefined>>): void {
    this.#isAsked = true;
    this.#current = undefined;
    answer
      .then(
        ({ done, value }) => {
          if (done) this.#isOver = true;
          this.#current = value;
        },
        (error) => {
          this.#isOver = true;
          this.#failure = { error };
        },
      )
      .then(() => {
        this.#isAsked = false;
        this.#wake?.();
      });
  }
}
