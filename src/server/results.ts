/** Limits results: masks errors, bounds their number, and bounds answers in bytes. */
import type { ExecutionResult } from 'graphql';
import { AppError } from '#core/errors.ts';
import { isPolled, type PolledIterator } from '#core/runtime/polled.ts';
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

/** Executes the operation for an event of its source. */
export type ExecuteEvent = (event: unknown) => ExecutionResult | Promise<ExecutionResult>;

export function executingEvents(
  { query, defaults }: Compiled,
  context: Context,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): ExecuteEvent {
  const values = { ...defaults, ...variables };
  return (event) => query(event, context, values);
}

export interface ToldOptions {
  /** Absent: the source gives results. */
  readonly execute?: ExecuteEvent | undefined;
  readonly context: Context;
  readonly leave: () => void;
  readonly told: Tell;
}

/**
 * The results of a source's events. Leaves out events whose object is gone. Ends with the first failure: an iterator that failed has
 * nothing more to say. Most events are executed without waiting, and cost one promise besides the source's own.
 */
export function toldIterator(
  source: AsyncIterator<unknown>,
  { execute, context, leave, told }: ToldOptions,
): AsyncIterableIterator<Result> {
  let over = false;
  const end = (): IteratorResult<Result, undefined> => {
    over = true;
    leave();
    return { done: true, value: undefined };
  };
  const failed = (error: unknown): IteratorResult<Result, undefined> => {
    end();
    return { done: false, value: { errors: [maskError(error, context.requestId)] } };
  };
  const tell = (
    result: ExecutionResult,
  ): IteratorResult<Result, undefined> | Promise<IteratorResult<Result, undefined>> =>
    result.errors && isGone(result) ? iterator.next() : { done: false, value: told(result, context) };
  const take = ({ done, value }: IteratorResult<unknown>) => {
    if (done) return end();
    try {
      const result = execute ? execute(value) : (value as ExecutionResult);
      return result instanceof Promise ? result.then(tell, failed) : tell(result);
    } catch (error) {
      return failed(error);
    }
  };
  let late: IteratorResult<Result, undefined> | undefined;
  const poll = (events: PolledIterator<unknown>, wake: () => void): IteratorResult<Result, undefined> | undefined => {
    if (over) return end();
    const before = late;
    late = undefined;
    const event = before ? undefined : events.poll(wake);
    const result = event ? take(event) : before;
    if (!(result instanceof Promise)) return result;
    void result.catch(failed).then((settled) => {
      late = settled;
      wake();
    });
    return undefined;
  };
  const iterator: AsyncIterableIterator<Result> | PolledIterator<Result> = {
    ...(isPolled(source) ? { poll: (wake: () => void) => poll(source, wake) } : {}),
    next: () => (over ? Promise.resolve(end()) : source.next().then(take, failed)),
    async return() {
      end(); // first: a generator that waits for an event hears of `return` only after it
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
