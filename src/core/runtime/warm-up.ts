/** What the first request would load, loaded before it. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from './deadline.ts';
import { warn } from './diagnostics.ts';

export interface Warming {
  readonly name: string;
  warm(signal: AbortSignal): unknown;
}

/** Milliseconds for each. */
const WITHIN = 10_000;

/**
 * One after the other, so that requests are answered between them, `after` milliseconds. Never rejects: what fails or is late is named
 * in the log, and loaded when it is needed.
 */
export async function warmUp(
  parts: readonly Warming[],
  { signal, after = 0 }: { readonly signal: AbortSignal; readonly after?: number },
): Promise<void> {
  if (after > 0) await sleep(after, undefined, { signal, ref: false }).catch(() => undefined);
  for (const part of parts) {
    try {
      await withDeadline(WITHIN, (within) => part.warm(within), { signal, keepAlive: false });
    } catch (error) {
      if (!signal.aborted) warn('start', `${part.name} could not be loaded before the first request`, error);
    }
    await nextTurn();
  }
}
