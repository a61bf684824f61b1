/** The signal's reason where one of our own time-outs ended the call. */
export class StalledModel extends Error {
  override readonly name = 'StalledModel';
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(`nothing came for ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

/** Ends a call whose provider fails to answer in time. While the reader is slow nothing is expected. */
export class Stall {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout;

  constructor(outer: AbortSignal, milliseconds: number) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.#timer = this.#arm(milliseconds);
  }

  expect(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#arm(milliseconds);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Frees the socket of a call that is not over. */
  abort(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #arm(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(new StalledModel(milliseconds)), milliseconds);
  }
}
