import { AppError } from '../errors.ts';
import { Gate, type Place } from '../runtime/gate.ts';

export interface AdmissionOptions {
  /** Places at once. */
  readonly limit: number;
  /** How many may wait for one. */
  readonly queueLimit: number;
}

/** Places for generations: so many at once, so many waiting in order, and OVERLOADED for the rest. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #gate: Gate;
  #closed = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#gate = new Gate(options.limit);
  }

  get active(): number {
    return this.#gate.active;
  }

  get queued(): number {
    return this.#gate.queued;
  }

  /** Takes a place, or one in the queue, at once: so that OVERLOADED is answered before anything is written. */
  enter(): Place {
    if (this.#closed) throw new AppError('OVERLOADED', 'The server is shutting down', { retryAfter: 5 });
    const { limit, queueLimit } = this.#options;
    if (this.#gate.full && this.#gate.queued >= queueLimit)
      throw new AppError('OVERLOADED', `All ${limit} places are taken and ${queueLimit} requests wait`, {
        retryAfter: 1,
      });
    return this.#gate.enter();
  }

  /** No more come in; those who wait still get their turn. */
  close(): void {
    this.#closed = true;
  }
}
