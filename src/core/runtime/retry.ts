import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** Milliseconds of the first pause; each further one is twice as long. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** True: a pause keeps the process running. */
  readonly keepAlive?: boolean;
}

/**
 * Pauses of exponential backoff with equal jitter: half of each pause is random, so that replicas do not retry in step
 * (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #pause: number;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#pause = options.firstMs;
  }

  /** The next pause is the first again: it has worked. */
  reset(): void {
    this.#pause = this.#options.firstMs;
  }

  /** Milliseconds of the next pause, no less than `atLeastMs`. */
  next(atLeastMs = 0): number {
    const pause = Math.max(atLeastMs, this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(this.#options.longestMs, this.#pause * 2);
    return pause;
  }

  /** Pauses. Rejects with an AbortError when the signal aborts. */
  async wait(signal?: AbortSignal, atLeastMs = 0): Promise<void> {
    const ref = this.#options.keepAlive === true;
    await sleep(this.next(atLeastMs), undefined, { ref, ...(signal ? { signal } : {}) });
  }
}

export interface RetryOptions extends BackoffOptions {
  /** Attempts in all; without end unless given. */
  readonly tries?: number;
  readonly signal?: AbortSignal;
  /** Tells whether another attempt can help. Default: every error. */
  readonly isTransient?: (error: unknown) => boolean;
  /** Milliseconds that the other side asks for before the next attempt. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  /** Called with each transient failure that is followed by another attempt; `tries` counts from 1. */
  readonly onRetry?: (error: unknown, tries: number) => void;
}

/** Does `work` until it succeeds. Rejects with its last error, or with the signal's reason when that aborts. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { tries: most = Number.POSITIVE_INFINITY, signal, isTransient, retryAfterMs, onRetry } = options;
  const backoff = new Backoff(options);
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (tries >= most || isTransient?.(error) === false) throw error;
      onRetry?.(error, tries);
      await backoff.wait(signal, retryAfterMs?.(error)).catch(() => signal?.throwIfAborted());
    }
  }
}
