/** Limits results: masks errors, bounds their number, and bounds answers in bytes. */
import type { ExecutionResult } from 'graphql';
import { AppError } from '#core/errors.ts';
import { isPolled, type PolledIterator } from '#core/runtime/polled.ts';
import type { Context } from '#schema/index.ts';
import { isGone, maskError } from './errors.ts';
import { exceedsBytes } from './response-size.ts';

export type Result = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] };
export type Tell = (result: ExecutionResult, context: Context) => Result;

export const telling =
  (maxBytes: number): Tell =>
  (result, context) =>
    bounded(masked(result, context), maxBytes);

/** Maximum number of errors in one answer: each item of a list may fail. */
const MAX_ERRORS = 100;

/** The result for a client that has gone. Nobody reads it, and nothing is logged. */
const GONE: Result = { data: null, errors: [{ message: 'The client is gone', extensions: { code: 'INTERRUPTED' } }] };

function masked(result: ExecutionResult, { requestId, signal }: Context): Result {
  if (!result.errors) return result;
  if (signal.aborted) return GONE;
  return { ...result, errors: result.errors.slice(0, MAX_ERRORS).map((error) => maskError(error, requestId)) };
}

function bounded(result: Result, limit: number): Result {
  if (!exceedsBytes(result, limit)) return result;
  const tooLarge = `The answer is over ${limit} bytes (MAX_RESPONSE_BYTES); ask for fewer fields or shorter pages`;
  return { data: null, errors: [maskError(new AppError('PAYLOAD_TOO_LARGE', tooLarge), '')] };
}

export interface ToldOptions {
  readonly context: Context;
  /** The operation for an event of its source; the event itself where the source gives results. */
  execute(event: unknown): ExecutionResult | Promise<ExecutionResult>;
  told(result: ExecutionResult): Result;
  leave(): void;
}

/**
 * The results of a source's events. Leaves out events whose object is gone. Ends with the first failure: an iterator that failed has
 * nothing more to say. Most events are executed without waiting, and cost one promise besides the source's own.
 */
export const toldIterator = (source: AsyncIterator<unknown>, options: ToldOptions): AsyncIterableIterator<Result> =>
  isPolled(source) ? new PolledResults(source, options) : new Results(source, options);

type Step = IteratorResult<Result, undefined>;

/** Classes, for there is one a subscription: an object of closures takes four times the memory. */
class Results implements AsyncIterableIterator<Result, undefined> {
  readonly #source: AsyncIterator<unknown>;
  readonly #options: ToldOptions;
  protected over = false;

  constructor(source: AsyncIterator<unknown>, options: ToldOptions) {
    this.#source = source;
    this.#options = options;
  }

  next(): Promise<Step> {
    return this.over
      ? Promise.resolve(this.end())
      : this.#source.next().then(
          (event) => this.take(event),
          (error) => this.failed(error),
        );
  }

  async return(): Promise<Step> {
    this.end(); // first: a generator that waits for an event hears of `return` only after it
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected end(): Step {
    this.over = true;
    this.#options.leave();
    return { done: true, value: undefined };
  }

  protected failed(error: unknown): Step {
    this.end();
    return { done: false, value: { errors: [maskError(error, this.#options.context.requestId)] } };
  }

  protected take({ done, value }: IteratorResult<unknown>): Step | Promise<Step> {
    if (done) return this.end();
    try {
      const result = this.#options.execute(value);
      if (!(result instanceof Promise)) return this.#tell(result);
      return result.then(
        (settled) => this.#tell(settled),
        (error) => this.failed(error),
      );
    } catch (error) {
      return this.failed(error);
    }
  }

  #tell(result: ExecutionResult): Step | Promise<Step> {
    if (result.errors && isGone(result)) return this.next();
    return { done: false, value: this.#options.told(result) };
  }
}

class PolledResults extends Results implements PolledIterator<Result> {
  readonly #events: PolledIterator<unknown>;
  #late: Step | undefined;

  constructor(source: PolledIterator<unknown>, options: ToldOptions) {
    super(source, options);
    this.#events = source;
  }

  poll(wake: () => void): Step | undefined {
    if (this.over) return this.end();
    const before = this.#late;
    this.#late = undefined;
    const event = before ? undefined : this.#events.poll(wake);
    const result = event ? this.take(event) : before;
    if (!(result instanceof Promise)) return result;
    void result
      .catch((error) => this.failed(error))
      .then((settled) => {
        this.#late = settled;
        wake();
      });
    return undefined;
  }
}
