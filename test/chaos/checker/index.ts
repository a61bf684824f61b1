/** The checker: a pure function of the history of clients and of the store's final state. */
import type { History } from '../history/records.ts';
import { nothingAcknowledgedIsLost } from './i1-nothing-acknowledged-is-lost.ts';
import { eventsJoin } from './i2-events-join.ts';
import { oneEnd } from './i3-one-end.ts';
import { usageOnce } from './i4-usage-once.ts';
import { errorsAreMasked } from './i5-errors-are-masked.ts';
import { viewersAreApart } from './i6-viewers-are-apart.ts';
import { resourcesReturn } from './i7-resources-return.ts';
import { failuresStayApart } from './i8-failures-stay-apart.ts';
import { type Invariant, readingOf, type Violation } from './reading.ts';

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  I1: nothingAcknowledgedIsLost,
  I2: eventsJoin,
  I3: oneEnd,
  I4: usageOnce,
  I5: errorsAreMasked,
  I6: viewersAreApart,
  I7: resourcesReturn,
  I8: failuresStayApart,
};

export function check(history: History): Violation[] {
  const reading = readingOf(history);
  return Object.entries(INVARIANTS).flatMap(([invariant, violations]) =>
    violations(reading).map((what) => ({ invariant, what })),
  );
}
