export interface ModelTimeouts {
  /** Milliseconds to the first token. */
  readonly firstTokenTimeoutMs: number;
  /** Milliseconds between two tokens. */
  readonly tokenTimeoutMs: number;
}

/** The signal's reason where one of our own time-outs ended the call. */
export class StalledModel extends Error {
  override readonly name = 'StalledModel';
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(`nothing came for ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

/** Milliseconds without anything but signs of life after which a call is ended all the same. */
const LONGEST_SILENCE = 600_000;

/**
 * Ends a call whose provider fails to answer in time. While the reader is slow nothing is expected. One timer serves many
 * tokens: where more time was given meanwhile it is set again when it fires, not with each token.
 */
export class Stall {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #firesAt = 0;
  #allowed = 0;
  #expectedSince = 0;
  /** When the time is over; null while nothing is expected. */
  #dueAt: number | null = null;

  constructor(outer: AbortSignal, milliseconds: number) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.expect(milliseconds);
  }

  expect(milliseconds: number): void {
    const now = performance.now();
    this.#expectedSince = now;
    this.#allowed = milliseconds;
    this.#dueAt = now + milliseconds;
    if (this.#timer === undefined || this.#firesAt > this.#dueAt) this.#arm(milliseconds, now);
  }

  /** Restarts the time limit: the provider sent a sign of life without content. */
  alive(): void {
    if (this.#dueAt === null) return;
    const now = performance.now();
    if (now - this.#expectedSince <= LONGEST_SILENCE) this.#dueAt = now + this.#allowed;
  }

  pause(): void {
    this.#dueAt = null;
  }

  /** The call is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAt = null;
  }

  /** Frees the socket of a call that is not over. */
  abort(): void {
    this.stop();
    this.#controller.abort();
  }

  #arm(milliseconds: number, now: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = now + milliseconds;
    this.#timer = setTimeout(() => this.#fire(), milliseconds);
  }

  /** Judged after what has arrived was read: a process that was busy itself must not blame the provider. */
  #fire(): void {
    this.#timer = undefined;
    setImmediate(() => {
      if (this.#dueAt === null || this.#timer !== undefined) return;
      const now = performance.now();
      if (this.#dueAt <= now + 1) this.#controller.abort(new StalledModel(this.#allowed));
      else this.#arm(this.#dueAt - now, now);
    });
  }
}
