import type { Waiters } from './waiters.ts';

/** A log with readers that wait. */
export interface Waited {
  readonly waiting: Waiters;
  /** It stands in the queue. */
  isDue: boolean;
}

/** Milliseconds of one turn of serving, at least and at most. */
const SHORTEST = 2;
const LONGEST = 250;
/** Serving gets so many times the time that the loop was elsewhere. */
const SHARE = 2;
/** Readers that are served in one go: what their writes leave behind is garbage before the next ones are served. */
const GO = 8;
/** Milliseconds that a reader takes, before any was measured. */
const GUESS = 0.02;
/** Weight of the last turn in the mean of what a reader takes. */
const WEIGHT = 0.2;
/** A turn counts as at most so many times the mean: one in which the heap was collected says nothing of the readers. */
const OUTLIER = 2;

/**
 * Logs whose readers have something to read, served in the order in which they came. Serving gets two thirds of a busy loop's time: it
 * takes turns with what comes in, and what comes for a reader that waits for its turn reaches it as one delta. So a busy server sends
 * fewer and longer ones. On a quiet server nothing waits longer than to the end of what the loop is at.
 */
export class DeliveryQueue {
  readonly #now: () => number;
  /** Those that came during the round, and those that are served in it, from a place on. */
  #came: Waited[] = [];
  #round: Waited[] = [];
  #place = 0;
  /** Readers of the log that is being served. */
  #readers: readonly (() => void)[] = [];
  #next = 0;
  #isScheduled = false;
  #began = 0;
  #ended = 0;
  #served = 0;
  /** Readers and milliseconds of this turn, at most. */
  #most = 0;
  #length = 0;
  /** Milliseconds a reader, mean of the last turns. */
  #cost = GUESS;

  /** `now`: milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(log: Waited): void {
    if (log.isDue) return;
    log.isDue = true;
    this.#came.push(log);
    if (!this.#isScheduled) this.#schedule();
  }

  /** Between two immediates Node runs what the first one's promises lead to, as far as the write to the socket. */
  #schedule(): void {
    this.#isScheduled = true;
    setImmediate(this.#serve);
    setImmediate(this.#rest);
  }

  readonly #serve = (): void => {
    this.#began = this.#now();
    const elsewhere = this.#began - this.#ended;
    this.#length = Math.min(Math.max(elsewhere * SHARE, SHORTEST), LONGEST);
    // Readers with promises take their time after they are woken: for them there is the mean.
    this.#most = Math.ceil(this.#length / this.#cost);
    this.#served = 0;
    this.#go();
  };

  readonly #go = (): void => {
    for (const end = this.#served + GO; this.#served < end; this.#served += 1) {
      if (this.#served >= this.#most || this.#now() - this.#began > this.#length) return;
      const wake = this.#reader();
      if (!wake) return;
      wake();
    }
    process.nextTick(this.#written);
  };

  /** What the writes have left to do is done, and promises come next. */
  readonly #written = (): void => queueMicrotask(this.#go);

  readonly #rest = (): void => {
    this.#ended = this.#now();
    if (this.#served > 0) {
      const cost = (this.#ended - this.#began) / this.#served;
      this.#cost += WEIGHT * (Math.min(cost, OUTLIER * this.#cost) - this.#cost);
    }
    if (this.#next < this.#readers.length || this.#place < this.#round.length || this.#came.length > 0)
      this.#schedule();
    else this.#isScheduled = false;
  };

  #reader(): (() => void) | undefined {
    while (this.#next >= this.#readers.length) {
      this.#readers = [];
      this.#next = 0;
      const log = this.#log();
      if (!log) return undefined;
      log.isDue = false;
      this.#readers = log.waiting.take();
    }
    this.#next += 1;
    return this.#readers[this.#next - 1];
  }

  #log(): Waited | undefined {
    if (this.#place >= this.#round.length) {
      this.#round = this.#came;
      this.#came = [];
      this.#place = 0;
    }
    this.#place += 1;
    return this.#round[this.#place - 1];
  }
}
