import { expect, test } from 'vitest';
import { Changes } from '../../../../test/support/engines.ts';
import { netChanges } from './net-changes.ts';

test('a removal is sent once, and additions that are removed later are not sent', () => {
  const changes = new Changes<readonly string[]>();
  const { removed, added } = netChanges([
    changes.removed('d'),
    changes.added('d/1', []),
    changes.added('e/1', []),
    changes.removed('f'),
    changes.added('f/1', []),
    changes.removed('d'),
    changes.added('d/2', []),
    changes.removed('f'),
  ]);
  expect(removed).toEqual(['d', 'f']);
  expect(added.map(({ passage }) => passage.id)).toEqual(['e/1', 'd/2']);
});
