import { AppError } from '../errors.ts';

export interface AdmissionOptions {
  /** Places at once. */
  readonly limit: number;
  /** How many may wait for one. */
  readonly queueLimit: number;
}

/** Places for generations: so many at once, so many waiting in order, and OVERLOADED for the rest. */
export class Admission {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #closed = false;

  constructor({ limit, queueLimit }: AdmissionOptions) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  get active(): number {
    return this.#taken;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a place, or one in the queue, at once: so that OVERLOADED is answered before anything is written. `ready` resolves
   * when the place is there; `release` gives it back (or leaves the queue) and may be called more than once.
   */
  enter(): { readonly ready: Promise<void>; readonly queued: boolean; readonly release: () => void } {
    if (this.#closed) throw new AppError('OVERLOADED', 'The server is shutting down', { retryAfter: 5 });
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      return { ready: Promise.resolve(), queued: false, release: this.#releaser() };
    }
    if (this.#waiting.length >= this.#queueLimit)
      throw new AppError('OVERLOADED', `All ${this.#limit} places are taken and ${this.#queueLimit} requests wait`, {
        retryAfter: 1,
      });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const give = this.#releaser();
    return {
      ready: promise,
      queued: true,
      release: () => {
        const place = this.#waiting.indexOf(resolve);
        if (place >= 0) this.#waiting.splice(place, 1);
        else give();
      },
    };
  }

  /** No more come in; those who wait still get their turn. */
  close(): void {
    this.#closed = true;
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    };
  }
}
