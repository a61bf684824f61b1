import { retry } from '#core/runtime/retry.ts';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** Time limit in milliseconds of a call to an engine. */
export const ASKING = 5_000;

/** Time limit of the few calls that open an index; see `ASKING`. */
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
