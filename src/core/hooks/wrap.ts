import type { Generate } from '../plugin.ts';
import type { ModelPart, ModelRequest } from '../ports/language-model.ts';
import { DeadlineExceeded } from '../runtime/deadline.ts';
import { checkPart, WrongType } from './checks.ts';

export interface WrapOptions {
  /** Milliseconds that the plugin itself may take between what it gets and what it gives. */
  readonly deadlineMs: number;
  /** Called once when the plugin failed and the stream continues without it. */
  onFailure(error: unknown): void;
  onSuccess(): void;
}

/**
 * Wraps a plugin around the next stream. If the plugin throws, hangs, yields an invalid part or ends without one, the driver
 * removes it and continues the inner stream from the same place. The reader sees no gap and no repetition.
 */
export function guardedWrap(
  next: Generate,
  invoke: (request: ModelRequest, next: Generate) => AsyncIterable<ModelPart>,
  options: WrapOptions,
): Generate {
  return async function* guarded(request) {
    const inner = new Inner(next, request);
    const watch = new Watch(options.deadlineMs, inner);
    let emitted = '';
    try {
      const iterator = iteratorOf(invoke(request, inner.generate));
      try {
        for (;;) {
          const result = await watch.race(iterator.next());
          if (result.done) break;
          const part = checkPart(result.value);
          if (part.type === 'text-delta') emitted += part.text;
          yield part;
        }
        if (emitted === '' && !inner.exhausted) throw new WrongType('ended without an answer');
        options.onSuccess();
        return;
      } finally {
        void Promise.resolve(iterator.return?.()).catch(() => undefined);
      }
    } catch (error) {
      if (inner.failed) throw inner.error;
      watch.stop();
      options.onFailure(error);
      yield* inner.rest(emitted);
    } finally {
      watch.stop();
      inner.close();
    }
  };
}

function iteratorOf(stream: AsyncIterable<ModelPart>): AsyncIterator<ModelPart> {
  const iterator = (stream as Partial<AsyncIterable<ModelPart>> | undefined)?.[Symbol.asyncIterator]?.();
  if (typeof iterator?.next !== 'function') throw new WrongType('returned the wrong type: no async iterable');
  return iterator;
}

/** The stream that the plugin wraps. Keeps what it yielded, so that the driver can continue without the plugin. */
class Inner {
  readonly #next: Generate;
  readonly #request: ModelRequest;
  #iterator: AsyncIterator<ModelPart> | undefined;
  #consumed = '';
  /** The parts that the model yielded after its text. */
  readonly #ending: ModelPart[] = [];
  /** The plugin waits for the model, not we for the plugin. */
  pending = false;
  exhausted = false;
  failed = false;
  error: unknown;

  constructor(next: Generate, request: ModelRequest) {
    this.#next = next;
    this.#request = request;
  }

  readonly generate: Generate = (request) => {
    this.close();
    this.#iterator = this.#next(request)[Symbol.asyncIterator]();
    this.#consumed = '';
    this.#ending.length = 0;
    this.exhausted = false;
    return { [Symbol.asyncIterator]: () => ({ next: () => this.#pull() }) };
  };

  async #pull(): Promise<IteratorResult<ModelPart>> {
    this.pending = true;
    try {
      const result = (await this.#iterator?.next()) ?? { done: true, value: undefined };
      if (result.done) this.exhausted = true;
      else if (result.value.type === 'text-delta') this.#consumed += result.value.text;
      else if (result.value.type !== 'reasoning-delta') this.#ending.push(result.value);
      return result;
    } catch (error) {
      this.failed = true;
      this.error = error;
      throw error;
    } finally {
      this.pending = false;
    }
  }

  /** Lets go of the model, which frees its socket. */
  close(): void {
    if (!this.exhausted && !this.failed) void Promise.resolve(this.#iterator?.return?.()).catch(() => undefined);
  }

  /** Yields what the reader has not received. Repeats no text that the plugin passed on unchanged. */
  async *rest(emitted: string): AsyncIterable<ModelPart> {
    if (!this.#iterator) this.generate(this.#request);
    if (this.#consumed.length > emitted.length && this.#consumed.startsWith(emitted))
      yield { type: 'text-delta', text: this.#consumed.slice(emitted.length) };
    yield* this.#ending;
    while (!this.exhausted) {
      const result = await this.#pull();
      if (!result.done) yield result.value;
    }
  }
}

/** One timer for a stream, not one for each part. */
class Watch {
  readonly #timer: NodeJS.Timeout;
  #reject: ((error: unknown) => void) | undefined;
  #since = 0;

  constructor(deadlineMs: number, inner: Inner) {
    this.#timer = setInterval(
      () => {
        if (inner.pending) this.#since = performance.now();
        else if (this.#reject && performance.now() - this.#since >= deadlineMs)
          this.#reject(new DeadlineExceeded(deadlineMs));
      },
      Math.max(1, deadlineMs / 4),
    );
    this.#timer.unref();
  }

  race<T>(promise: PromiseLike<T>): Promise<T> {
    this.#since = performance.now();
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#reject = undefined;
  }
}
