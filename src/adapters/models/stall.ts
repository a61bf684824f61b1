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

/** Ends a call whose provider fails to answer in time. While the reader is slow nothing is expected. */
export class Stall {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout;
  #expectedSince: number | undefined;

  constructor(outer: AbortSignal, milliseconds: number) {
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.#timer = this.#arm(milliseconds);
  }

  expect(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#arm(milliseconds);
  }

  /** The provider is there, though it says nothing: what is expected may take as long again. */
  alive(): void {
    const since = this.#expectedSince;
    if (since === undefined || performance.now() - since > LONGEST_SILENCE) return;
    this.#timer.refresh();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#expectedSince = undefined;
  }

  /** Frees the socket of a call that is not over. */
  abort(): void {
    this.pause();
    this.#controller.abort();
  }

  #arm(milliseconds: number): NodeJS.Timeout {
    this.#expectedSince = performance.now();
    return setTimeout(() => this.#controller.abort(new StalledModel(milliseconds)), milliseconds);
  }
}
