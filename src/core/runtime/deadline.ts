/** Bounds on how long something may take, or be waited for. */
import { performance } from 'node:perf_hooks';

/** The work took longer than it may. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  constructor(milliseconds: number) {
    super(`took over ${milliseconds} ms`);
  }
}

export interface DeadlineOptions {
  /** Ends the work as well. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error for a missed deadline. Default: DeadlineExceeded. */
  readonly late?: () => unknown;
  /**
   * True: time for which the event loop was busy does not count, up to as much again as the deadline. For work whose loss costs more
   * than the wait: on a busy server it may have had no turn yet.
   */
  readonly idleTime?: boolean;
  /** False: the timer alone does not keep the process running. */
  readonly keepAlive?: boolean;
}

/**
 * Runs `work` with its own signal. Rejects with DeadlineExceeded at the deadline, and with the outer signal's reason when that
 * aborts. Both take effect at once, even if the work ignores its signal. That signal aborts with the same reason.
 *
 * An answer that reached this process before the deadline is in time, even if the event loop was stuck and has not read it yet: when
 * the timer fires, the loop polls its sockets once more before the work is given up.
 */
export function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  {
    signal: outer,
    late = () => new DeadlineExceeded(milliseconds),
    keepAlive = true,
    idleTime = false,
  }: DeadlineOptions = {},
): Promise<T> {
  if (outer?.aborted) return Promise.reject(outer.reason);
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    let lastPoll: NodeJS.Immediate | undefined;
    const clear = () => {
      clearTimeout(timer);
      clearImmediate(lastPoll);
      outer?.removeEventListener('abort', abort);
    };
    const giveUp = (reason: unknown) => {
      clear();
      controller.abort(reason);
      reject(reason);
    };
    const abort = () => giveUp(outer?.reason);
    const lastTurn = () => {
      lastPoll = setImmediate(() => giveUp(late()));
      if (!keepAlive) lastPoll.unref();
    };
    const from = idleTime ? performance.eventLoopUtilization() : null;
    const due = () => {
      const busy = from ? Math.min(milliseconds, performance.eventLoopUtilization(from).active) : 0;
      if (busy < 1) lastTurn();
      else timer = setTimeout(lastTurn, busy);
    };
    let timer = setTimeout(due, milliseconds);
    if (!keepAlive) timer.unref();
    outer?.addEventListener('abort', abort, { once: true });
    Promise.resolve()
      .then(() => work(controller.signal))
      .then(
        (answer) => {
          clear();
          resolve(answer);
        },
        (error) => {
          clear();
          reject(error);
        },
      );
  });
}

/**
 * Waits for `work` at most this long; the work continues. True if it finished. Rejects with its error
 * if it failed in time, and with the signal's reason if that aborts.
 */
export async function doneWithin(milliseconds: number, work: Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
  const late = {};
  work.catch(() => undefined); // where the signal has aborted before, nobody waits for the work any more
  try {
    await withDeadline(milliseconds, () => work, { signal, late: () => late });
    return true;
  } catch (error) {
    if (error === late) return false;
    throw error;
  }
}

/** Returns the result of `work`, or undefined if it takes longer; it then continues. Rejects with its error if it fails in time. */
export function within<T>(milliseconds: number, work: PromiseLike<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds).unref();
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Waits for `work` until the signal aborts, then rejects with its reason. The work continues; its failure is ignored. */
export async function untilAborted<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    aborted.catch(() => undefined);
  }
}

/** The same milliseconds by name, this many times. */
export const multiplied = <K extends string>(
  deadlines: Readonly<Record<K, number>>,
  factor: number,
): Readonly<Record<K, number>> =>
  Object.fromEntries(
    Object.entries<number>(deadlines).map(([name, milliseconds]) => [name, milliseconds * factor]),
  ) as Record<K, number>;

/** A signal for calls that take one: aborts with the outer signal, and with a TimeoutError when time is over. */
export const signalWithin = (milliseconds: number, outer: AbortSignal): AbortSignal =>
  AbortSignal.any([outer, AbortSignal.timeout(milliseconds)]);
