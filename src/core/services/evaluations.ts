import { AppError } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import type { Evaluations } from './index.ts';

export function evaluations(store: Pick<Store, 'evaluations'>): Evaluations {
  return {
    list(viewer, page, filter) {
      checkRange(filter.since, filter.until);
      const { maxOverall } = filter;
      if (maxOverall !== null && !(maxOverall >= 0 && maxOverall <= 1))
        throw new AppError('BAD_USER_INPUT', 'maxOverall must be from 0 to 1');
      return store.evaluations.list(viewer, page, filter);
    },

    summary(viewer, range) {
      checkRange(range.since, range.until);
      return store.evaluations.summary(viewer, range);
    },
  };
}

function checkRange(since: Date | null, until: Date | null): void {
  if (since && until && since >= until) throw new AppError('BAD_USER_INPUT', 'since must be before until');
}
