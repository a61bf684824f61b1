import { signalWithin } from '#core/runtime/deadline.ts';
import type { Legs } from '../legs.ts';
import { WaitBudget } from './wait-budget.ts';

/**
 * Vectors that this machine makes: a document that comes alone is complete when it is INDEXED. Of many at once the vectors follow in
 * the background, and keywords serve at once.
 */
const OWN_VECTORS = { mostMs: 1_500, refillMs: 100 };

/**
 * Waits until what was just saved can be found: by the built-in index always, by engines and models elsewhere for `indexWithin`
 * milliseconds. One that is down or behind is not waited for: documents would queue behind each other's waiting. Answers why an engine
 * is late, undefined where none is.
 */
export function untilIndexed({ index, keywords, vectors }: Legs, indexWithin: number) {
  const budget = new WaitBudget(OWN_VECTORS);
  return async (signal: AbortSignal): Promise<unknown> => {
    signal.throwIfAborted();
    const done = new AbortController();
    const within = AbortSignal.any([signal, done.signal]);
    const elsewhere = signalWithin(indexWithin, within);
    const own = vectors?.local && budget.waitFor(vectors.upToNow(within, 'reject'), within).catch(() => undefined);
    const indexed = await Promise.allSettled([
      index.catchUp(),
      keywords?.upToNow(elsewhere, 'reject'),
      own || vectors?.upToNow(elsewhere, 'reject'),
    ]);
    done.abort();
    signal.throwIfAborted();
    return indexed.find((result) => result.status === 'rejected')?.reason;
  };
}
