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
export function idleIterator<T extends object>(signal: AbortSignal, source: IdleSource<T>): PolledIterator<T> {
  let ended = false;
  let pending: ((result: IteratorResult<T>) => void) | undefined;
  let polling: (() => void) | undefined;

  const settle = (result: IteratorResult<T>) => {
    const resolve = pending;
    pending = undefined;
    resolve?.(result);
  };
  const end = () => {
    if (ended) return;
    ended = true;
    source.leave(wake);
    signal.removeEventListener('abort', end);
    settle({ done: true, value: undefined });
    pollAgain();
  };
  const pollAgain = () => {
    const again = polling;
    polling = undefined;
    again?.();
  };
  const offer = (): IteratorResult<T, undefined> | undefined => {
    const taken = source.take();
    if (taken === undefined) return undefined;
    if (taken !== 'done') return { done: false, value: taken };
    end();
    return { done: true, value: undefined };
  };
  function wake() {
    if (polling) return pollAgain();
    if (!pending) return;
    const result = offer();
    if (result) settle(result);
    else source.wait(wake);
  }

  if (signal.aborted) ended = true;
  else signal.addEventListener('abort', end, { once: true });

  return {
    next() {
      if (ended) return Promise.resolve({ done: true, value: undefined });
      const result = offer();
      if (result) return Promise.resolve(result);
      return new Promise((resolve) => {
        pending = resolve;
        source.wait(wake);
      });
    },
    poll(again) {
      if (ended) return { done: true, value: undefined };
      const result = offer();
      if (!result) {
        polling = again;
        source.wait(wake);
      }
      return result;
    },
    return() {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
