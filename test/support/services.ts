import { describe } from 'vitest';

/**
 * A suite that needs something from outside. Where it is absent the suite is reported as skipped, by name; with
 * REQUIRE_SERVICES=1 (as in CI) it fails instead.
 */
export function describeWith(name: string, present: boolean, remedy: string, suite: () => void): void {
  if (present || process.env['REQUIRE_SERVICES'] !== '1') describe.skipIf(!present)(name, suite);
  else
    describe(name, async () => {
      const { test } = await import('vitest');
      test('is there', () => {
        throw new Error(remedy);
      });
    });
}
