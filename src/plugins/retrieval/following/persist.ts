import { retry } from '#core/runtime/retry.ts';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** Milliseconds after which an engine that took a call and says nothing counts as one that does not answer. */
export const ASKING = 5_000;

/** As `ASKING`, for the few calls with which an index is opened. */
export const OPENING = 15_000;

/** Retries until it succeeds: true; false when the signal aborts first. Calls `onFailure` with the first failure. */
export async function persist(
  work: () => Promise<void>,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<boolean> {
  const onRetry = (error: unknown, tries: number) => {
    if (tries === 1) onFailure(error);
  };
  try {
    await retry(work, { firstMs: FIRST_PAUSE, longestMs: LONGEST_PAUSE, signal, onRetry });
    return true;
  } catch {
    return false;
  }
}
