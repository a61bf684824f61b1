import { untilAborted } from './deadline.ts';

/** A place behind the gate, or in the queue before it. */
export interface Place {
  /** Resolves when the place is free. */
  readonly ready: Promise<void>;
  /** True where it had to queue. */
  readonly queued: boolean;
  /** Gives the place back, or leaves the queue. May be called more than once. */
  release(): void;
}

const NOW = Promise.resolve();

/** A counting semaphore: at most `places` at once; the others wait in the order in which they came. */
export class Gate {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  get active(): number {
    return this.#taken;
  }
  get queued(): number {
    return this.#waiting.length;
  }
  get full(): boolean {
    return this.#taken >= this.#places;
  }

  /** Takes a place, or one in the queue, at once. */
  enter(): Place {
    if (!this.full) {
      this.#taken += 1;
      return { ready: NOW, queued: false, release: this.#releaser() };
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    let left = false;
    const giveBack = this.#releaser();
    return {
      ready: promise,
      queued: true,
      release: () => {
        const index = left ? -1 : this.#waiting.indexOf(resolve);
        if (index >= 0) {
          this.#waiting.splice(index, 1);
          left = true;
        } else if (!left) giveBack();
      },
    };
  }

  /** Runs `work` in a place. While it queues, the signal's abort rejects with its reason. */
  async run<T>(work: () => T | PromiseLike<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    return runIn(this.enter(), work, signal);
  }

  /** A place that was given back goes to the first who waits. */
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

/** Runs `work` in the place, then releases it. If the signal aborts while it queues, rejects with the signal's reason. */
export async function runIn<T>(place: Place, work: () => T | PromiseLike<T>, signal?: AbortSignal): Promise<T> {
  try {
    if (place.queued) await (signal ? untilAborted(place.ready, signal) : place.ready);
    return await work();
  } finally {
    place.release();
  }
}
