import { type Place, runIn } from './gate.ts';

export interface FairGateOptions {
  /** Places at once. */
  readonly places: number;
  /** Places that one owner may have at once; all of them unless given. */
  readonly perOwner?: number;
  /** Further places, each for an owner that has none: where others take long, it need not wait for them. */
  readonly spare?: number;
}

const NOW = Promise.resolve();

/** A semaphore whose places are shared by owners: those who wait get a place in turn, however many requests each has. */
export class FairGate {
  readonly #options: Required<FairGateOptions>;
  readonly #active = new Map<string, number>();
  /** Waiting callers by owner, in the order in which owners get a place. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #taken = 0;
  #queued = 0;

  constructor({ places, perOwner = places, spare = 0 }: FairGateOptions) {
    this.#options = { places, perOwner, spare };
  }

  get active(): number {
    return this.#taken;
  }
  get queued(): number {
    return this.#queued;
  }
  activeOf(owner: string): number {
    return this.#active.get(owner) ?? 0;
  }
  queuedOf(owner: string): number {
    return this.#waiting.get(owner)?.length ?? 0;
  }

  /** True if the owner would get a place at once. */
  hasPlaceFor(owner: string): boolean {
    const { places, perOwner, spare } = this.#options;
    const held = this.activeOf(owner);
    return held < perOwner && this.#taken < (held === 0 ? places + spare : places);
  }

  /** Takes a place, or one in the owner's queue, at once. */
  enter(owner: string): Place {
    if (this.hasPlaceFor(owner)) {
      this.#take(owner);
      return { ready: NOW, queued: false, release: this.#releaser(owner) };
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = this.#waiting.get(owner) ?? [];
    this.#waiting.set(owner, queue);
    queue.push(resolve);
    this.#queued += 1;
    let left = false;
    const giveBack = this.#releaser(owner);
    return {
      ready: promise,
      queued: true,
      release: () => {
        left ||= this.#leave(owner, resolve);
        if (!left) giveBack();
      },
    };
  }

  /** Runs `work` in a place. While it queues, the signal's abort rejects with its reason. */
  async run<T>(owner: string, work: () => T | PromiseLike<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    return runIn(this.enter(owner), work, signal);
  }

  #take(owner: string): void {
    this.#taken += 1;
    this.#active.set(owner, this.activeOf(owner) + 1);
  }

  #leave(owner: string, resolve: () => void): boolean {
    const queue = this.#waiting.get(owner);
    const index = queue?.indexOf(resolve) ?? -1;
    if (!queue || index < 0) return false;
    queue.splice(index, 1);
    this.#queued -= 1;
    if (queue.length === 0) this.#waiting.delete(owner);
    return true;
  }

  #releaser(owner: string): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#taken -= 1;
      const held = this.activeOf(owner) - 1;
      if (held > 0) this.#active.set(owner, held);
      else this.#active.delete(owner);
      while (this.#admitNext());
    };
  }

  /** Gives a place to the first owner in turn who may have one; that owner's next turn comes after all others. */
  #admitNext(): boolean {
    for (const [owner, queue] of this.#waiting) {
      const [first] = queue;
      if (!first || !this.hasPlaceFor(owner)) continue;
      this.#leave(owner, first);
      if (this.#waiting.delete(owner)) this.#waiting.set(owner, queue);
      this.#take(owner);
      first();
      return true;
    }
    return false;
  }
}
