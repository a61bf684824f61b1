import { AppError } from '../errors.ts';
import { FairGate } from '../runtime/fair-gate.ts';
import type { Place } from '../runtime/gate.ts';

export interface AdmissionOptions {
  /** Places at once. */
  readonly limit: number;
  /** Number of generations that may wait. */
  readonly queueLimit: number;
  /** The share of both for one viewer, 0 to 1; at least one place. */
  readonly share: number;
}

/**
 * A semaphore for generations with a bounded queue; further ones are refused with OVERLOADED. No viewer has more than its share of
 * places and queue, so that others always get in. Waiting viewers take turns.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #gate: FairGate;
  readonly #perViewer: number;
  readonly #queuePerViewer: number;
  #closed = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#perViewer = shareOf(options.limit, options.share);
    this.#queuePerViewer = shareOf(options.queueLimit, options.share);
    this.#gate = new FairGate({ places: options.limit, perOwner: this.#perViewer });
  }

  get active(): number {
    return this.#gate.active;
  }

  get queued(): number {
    return this.#gate.queued;
  }

  /** Takes a place, or one in the queue, at once: so that OVERLOADED or RATE_LIMITED is answered before anything is written. */
  enter(viewerId: string): Place {
    if (this.#closed) throw new AppError('OVERLOADED', 'The server is shutting down', { retryAfter: 5 });
    if (!this.#gate.hasPlaceFor(viewerId)) this.#checkQueue(viewerId);
    return this.#gate.enter(viewerId);
  }

  /** Takes a place for a generation that another replica had admitted: it may wait for one, and is not refused. */
  resume(viewerId: string): Place {
    return this.#gate.enter(viewerId);
  }

  /** Refuses new generations. Waiting ones still get their place. */
  close(): void {
    this.#closed = true;
  }

  #checkQueue(viewerId: string): void {
    const { limit, queueLimit } = this.#options;
    if (this.#gate.queued >= queueLimit)
      throw new AppError('OVERLOADED', `All ${limit} places are taken and ${queueLimit} requests wait`, {
        retryAfter: 1,
      });
    if (this.#gate.queuedOf(viewerId) >= this.#queuePerViewer)
      throw new AppError(
        'RATE_LIMITED',
        `You have ${this.#perViewer} requests under way and ${this.#queuePerViewer} waiting, which is one viewer's share (VIEWER_SHARE)`,
        { retryAfter: 1 },
      );
  }
}

/** A share of a limit; at least one where there is any. */
export const shareOf = (limit: number, share: number): number => Math.min(limit, Math.max(1, Math.ceil(limit * share)));
