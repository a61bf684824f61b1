import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** Milliseconds after which an engine that took a call and says nothing counts as one that does not answer. */
export const ASKING = 5_000;

/** As `ASKING`, for the few calls with which an index is opened. */
export const OPENING = 15_000;

export const limited = (signal: AbortSignal, milliseconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);

/** Does it again and again, ever more slowly, until it succeeds or the signal aborts; then it is false. `onFailure` hears of the first. */
export async function persist(
  work: () => Promise<void>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<boolean> {
  for (let pause = FIRST_PAUSE, told = false; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      signal.throwIfAborted();
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!told) onFailure(error);
      told = true;
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
