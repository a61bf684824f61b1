/** Limits results: masks errors, bounds their number, and bounds answers in bytes. */
import type { ExecutionResult } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { Context } from '#schema/index.ts';
import type { Compiled } from './compiler.ts';
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

/** Each event of a source, executed. */
export function answered(
  source: AsyncIterable<unknown> | ExecutionResult,
  compiled: Compiled,
  context: Context,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): AsyncIterableIterator<ExecutionResult> | ExecutionResult {
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const values = { ...compiled.defaults, ...variables };
  const results: AsyncIterableIterator<ExecutionResult> = {
    // Once a token: most events are executed without waiting, and get no promise more than they need.
    next: () =>
      events
        .next()
        .then(({ done, value }): IteratorResult<ExecutionResult> | Promise<IteratorResult<ExecutionResult>> => {
          if (done) return { done, value: undefined };
          const result = compiled.query(value, context, values);
          return result instanceof Promise ? result.then(asNext) : asNext(result);
        }),
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

const asNext = (value: ExecutionResult): IteratorResult<ExecutionResult> => ({ done: false, value });

/** Leaves out events whose object is gone. Ends with the first failure: an iterator that failed has nothing more to say. */
export function toldIterator(
  iterator: AsyncIterableIterator<ExecutionResult>,
  context: Context,
  leave: () => void,
  told: Tell,
): AsyncIterableIterator<Result> {
  let over = false;
  const end = (): IteratorResult<Result> => {
    over = true;
    leave();
    return { done: true, value: undefined };
  };
  return {
    next() {
      if (over) return Promise.resolve(end());
      return iterator.next().then(
        ({ done, value }) => {
          if (done) return end();
          return value.errors && isGone(value) ? this.next() : { done: false, value: told(value, context) };
        },
        (error) => {
          end();
          return { done: false, value: { errors: [maskError(error, context.requestId)] } };
        },
      );
    },
    async return() {
      end(); // first: a generator that waits for an event hears of `return` only after it
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
