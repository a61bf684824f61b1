import { setTimeout as sleep } from 'node:timers/promises';
import type { FlushedTurn, Store } from '../ports/store.ts';
import { doneWithin } from '../runtime/deadline.ts';
import { warn } from '../runtime/diagnostics.ts';
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

/** Milliseconds between attempts to renew a lease that may be lost. */
const RENEW_EVERY = 250;

const flushed = ({
  generationId,
  epoch,
  text,
  reasoning,
  flushedReasoning,
  model,
  usage,
  calls,
}: TurnRun): FlushedTurn => ({
  ...{ generationId, epoch, content: text, model, usage, openCall: calls.current },
  ...(reasoning === flushedReasoning ? {} : { reasoning }),
});

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

  constructor({ store, owner, leaseMs = 10_000, flushMs = 500 }: RunningGenerationsOptions) {
    this.#store = store;
    this.owner = owner;
    this.leaseMs = leaseMs;
    this.#timer = setInterval(() => this.#tick(), flushMs);
    this.#timer.unref();
  }

  /** `since`: `performance.now()` from before the statement that gave it its lease. */
  add(run: TurnRun, since: number): void {
    // This replica lost the lease, and then took the generation over itself.
    this.#runs.get(run.generationId)?.stop('LEASE_LOST');
    this.#runs.set(run.generationId, run);
    run.tell = () => this.#tell(run);
    // Without other replicas nobody takes it over.
    if (!this.#store.shared) return;
    run.heldUntil = since + this.leaseMs;
    run.renew = () => this.#renew(run);
  }

  remove(run: TurnRun): void {
    if (this.#runs.get(run.generationId) === run) this.#runs.delete(run.generationId);
  }

  watch(ended: Promise<void>): void {
    this.#ending.add(ended);
    void ended.then(() => this.#ending.delete(ended)); // it never rejects
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

  /**
   * Waits up to `milliseconds` for running generations. The others go to another replica; where there can be none, they are
   * interrupted. Resolves when all are stored.
   */
  async drain(milliseconds: number): Promise<void> {
    const all = () => Promise.allSettled([...this.#ending]);
    await doneWithin(milliseconds, all());
    const left = [...this.#runs.values()].filter((run) => !run.isOver);
    const judging = [...this.#runs.values()].filter((run) => run.isOver).map(({ generationId }) => generationId);
    for (const run of this.#runs.values()) run.stop(this.#store.shared ? 'RELEASED' : 'INTERRUPTED');
    await all();
    if (this.#store.shared && left.length > 0)
      await this.#store.takeovers
        // Each has accounted for its call of the model, which ended here.
        .release(
          this.owner,
          left.map((run) => ({ ...flushed(run), model: null, openCall: null })),
        )
        .catch((error) => warn('drain', 'answers go on elsewhere only when their leases are over', error));
    if (judging.length > 0)
      await this.#store.takeovers
        .unjudged(judging, true)
        .catch((error) => warn('drain', 'answers are judged elsewhere only later', error));
    clearInterval(this.#timer);
    await this.#flushing;
  }

  /** The process has slept, or the store does not answer. */
  async #renew(run: TurnRun): Promise<void> {
    while (performance.now() >= run.heldUntil && !run.signal.aborted) {
      this.#renewed = 0;
      this.#tick();
      await this.#flushing;
      if (performance.now() >= run.heldUntil) await sleep(RENEW_EVERY, undefined, { ref: false });
    }
  }

  /** One statement for all that begin a call meanwhile. */
  async #tell(run: TurnRun): Promise<void> {
    await this.#flushing;
    if (run.calls.isTold) return;
    this.#tick();
    await this.#flushing;
  }

  #tick(): void {
    this.#flushing ??= this.#flush()
      .catch((error) => {
        warn('flush', 'the text so far could not be stored', error);
        return false;
      })
      .then((isBehind) => {
        this.#flushing = undefined;
        if (isBehind) this.#tick();
      });
  }

  /** True where a call began meanwhile of which the store now knows nothing: it is told at once. */
  async #flush(): Promise<boolean> {
    let isBehind = false;
    const renewal = Date.now() - this.#renewed > this.leaseMs / 4;
    // A run that is over is terminal in the store, which would refuse the write.
    const due = [...this.#runs.values()].filter((run) => !run.isOver && (renewal || hasMore(run)));
    if (due.length > 0) {
      if (renewal) this.#renewed = Date.now();
      const turns = due.map(flushed);
      const since = performance.now();
      const refused = new Set(await this.#store.generations.flush(this.owner, this.leaseMs, turns));
      for (const [index, run] of due.entries()) {
        const turn = turns[index];
        run.flushed = turn?.content.length ?? 0;
        run.flushedReasoning = turn?.reasoning ?? run.flushedReasoning;
        if (turn && !refused.has(run.generationId)) {
          run.calls.told(turn.openCall ?? null);
          isBehind ||= run.calls.isUntold;
        }
        if (this.#store.shared && !refused.has(run.generationId)) run.heldUntil = since + this.leaseMs;
        const isHere = this.#runs.has(run.generationId) && !run.isOver;
        if (refused.has(run.generationId) && isHere) run.stop('LEASE_LOST');
      }
    }
    return isBehind;
  }
}

const hasMore = (run: TurnRun): boolean =>
  run.text.length > run.flushed || run.reasoning !== run.flushedReasoning || !run.calls.isTold;
