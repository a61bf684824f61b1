import type { Store } from '../ports/store.ts';
import { doneWithin } from '../runtime/deadline.ts';
import { emit, warn } from '../runtime/diagnostics.ts';
import { INTERRUPTED } from './ending.ts';
import type { TurnRun } from './turn-run.ts';

export interface RunningGenerationsOptions {
  readonly store: Store;
  /** Stays the same over restarts of this replica, so that it finds what a former life left behind. */
  readonly owner: string;
  /** Milliseconds without a sign of life after which another replica may call a generation abandoned. */
  readonly leaseMs?: number;
  /** Milliseconds between flushes of the text so far; one statement for all that run. */
  readonly flushMs?: number;
}

/** The generations that run here: their text goes to the store each half second, which is their sign of life too. */
export class RunningGenerations {
  readonly owner: string;
  readonly leaseMs: number;
  readonly #store: Store;
  readonly #runs = new Map<string, TurnRun>();
  readonly #ending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #flushing: Promise<void> | undefined;
  #renewed = 0;
  #recovered = 0;

  constructor({ store, owner, leaseMs = 10_000, flushMs = 500 }: RunningGenerationsOptions) {
    this.#store = store;
    this.owner = owner;
    this.leaseMs = leaseMs;
    this.#timer = setInterval(() => this.#tick(), flushMs);
    this.#timer.unref();
  }

  add(run: TurnRun): void {
    this.#runs.set(run.generationId, run);
  }

  remove(run: TurnRun): void {
    if (this.#runs.get(run.generationId) === run) this.#runs.delete(run.generationId);
  }

  watch(ended: Promise<void>): void {
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
  }

  /** Ends a generation that runs here, and waits until its end is stored. False where it does not run here. */
  async cancel(generationId: string): Promise<boolean> {
    const run = this.#runs.get(generationId);
    run?.stop('CANCELLED');
    await run?.ended;
    return run !== undefined;
  }

  /** Ends generations of deleted conversations. */
  abandon(generationIds: readonly string[]): void {
    for (const id of generationIds) this.#runs.get(id)?.stop('CANCELLED');
  }

  /** Sets generations that a dead replica (at the start: an earlier run of this one) left in mid-stream to INTERRUPTED, with the text so far. */
  async recover({ formerLife }: { readonly formerLife: boolean }): Promise<number> {
    this.#recovered = Date.now();
    const count = await this.#store.generations.interruptAbandoned(formerLife ? this.owner : '', INTERRUPTED);
    if (count > 0) emit('parley:generations-abandoned', { count });
    return count;
  }

  /** Waits up to `milliseconds` for running generations, then interrupts them. Resolves when all are stored. */
  async drain(milliseconds: number): Promise<void> {
    const all = () => Promise.allSettled([...this.#ending]);
    await doneWithin(milliseconds, all());
    for (const run of this.#runs.values()) run.stop('INTERRUPTED');
    await all();
    clearInterval(this.#timer);
    await this.#flushing;
  }

  #tick(): void {
    if (this.#flushing) return;
    this.#flushing = this.#flush()
      .catch((error) => warn('flush', 'the text so far could not be stored', error))
      .finally(() => {
        this.#flushing = undefined;
      });
  }

  async #flush(): Promise<void> {
    const renewal = Date.now() - this.#renewed > this.leaseMs / 4;
    // A run that is over is terminal in the store, which would refuse the write.
    const due = [...this.#runs.values()].filter((run) => !run.isOver && (renewal || hasMore(run)));
    if (due.length > 0) {
      if (renewal) this.#renewed = Date.now();
      const texts = due.map(({ generationId, epoch, text, reasoning, flushedReasoning }) => ({
        ...{ generationId, epoch, content: text },
        ...(reasoning === flushedReasoning ? {} : { reasoning }),
      }));
      const refused = new Set(await this.#store.generations.flush(this.owner, this.leaseMs, texts));
      for (const [index, run] of due.entries()) {
        run.flushed = texts[index]?.content.length ?? 0;
        run.flushedReasoning = texts[index]?.reasoning ?? run.flushedReasoning;
        const isHere = this.#runs.has(run.generationId) && !run.isOver;
        if (refused.has(run.generationId) && isHere) run.stop('LEASE_LOST');
      }
    }
    if (this.#store.shared && Date.now() - this.#recovered > this.leaseMs) await this.recover({ formerLife: false });
  }
}

const hasMore = (run: TurnRun): boolean => run.text.length > run.flushed || run.reasoning !== run.flushedReasoning;
