import { expect, test } from 'vitest';
import type { GuardedTurn } from '../ports/store.ts';
import { type Comparison, compare, fallenBehind, NO_COMPARISON } from './comparison.ts';

let made = 0;
const turn = (others: Partial<GuardedTurn> = {}): GuardedTurn => {
  made += 1;
  return {
    ...{ id: `g${made}`, tenant: 't', subject: `viewer ${made % 20}`, features: [], status: 'COMPLETE' },
    ...{ errorCode: null, durationMs: 1_000 + (made % 100), quality: 0.8 },
    ...others,
  };
};
/** So many turns, every second with the feature; what `having` makes of them. */
function history(
  count: number,
  having: (index: number) => Partial<GuardedTurn>,
): { reason: string | null; after: number } {
  let comparison: Comparison = NO_COMPARISON;
  for (let index = 0; index < count; index += 1) {
    comparison = compare(comparison, index % 2 === 0 ? turn(having(index)) : turn(), index % 2 === 0);
    const reason = fallenBehind(JSON.parse(JSON.stringify(comparison)));
    if (reason !== null) return { reason, after: index + 1 };
  }
  return { reason: null, after: count };
}

test('turns that are alike, or better with the feature, are left alone', () => {
  expect(history(1_000, () => ({})).reason).toBeNull();
  expect(history(1_000, () => ({ quality: 0.95, durationMs: 10 })).reason).toBeNull();
});

test('failures, slow turns and poor answers with the feature are named, with figures of both sides', () => {
  const errors = history(2_000, (index) => (index % 6 === 0 ? { status: 'FAILED', errorCode: 'MODEL_FAILED' } : {}));
  expect(errors.reason).toMatch(
    /^\d+\.\d % of its turns failed, 0\.0 % of the others, over \d+ pairs of turns \(sequential test, error at most 0\.05\)$/,
  );
  const slow = history(2_000, (index) => (index % 4 === 0 ? { durationMs: 9_000 } : {}));
  expect(slow.reason).toMatch(/% of its turns took longer than the others' p95 of 1\d{3} ms/);
  const poor = history(2_000, () => ({ quality: 0.55 }));
  expect(poor.reason).toMatch(/^quality 0\.55 with it, 0\.80 without/);
  for (const { after } of [errors, slow, poor]) expect(after).toBeLessThan(700);
});

test('a spent budget, a limit, a cancelled turn and one that was not judged say nothing', () => {
  for (const having of [
    { status: 'FAILED', errorCode: 'BUDGET_EXCEEDED' },
    { status: 'FAILED', errorCode: 'RATE_LIMITED' },
    { status: 'CANCELLED' },
    { quality: null },
  ] as const)
    expect(history(400, () => having).reason).toBeNull();
});

test('one viewer alone takes no rollout back', () => {
  expect(history(1_000, () => ({ subject: 'one', status: 'FAILED', errorCode: 'MODEL_FAILED' })).reason).toBeNull();
});

test('one side may be much larger: a turn of the smaller one always finds another', () => {
  let comparison: Comparison = NO_COMPARISON;
  let reason: string | null = null;
  for (let index = 0; index < 4_000 && reason === null; index += 1) {
    const isWith = index % 20 === 0;
    comparison = compare(
      comparison,
      isWith ? turn({ subject: `with ${index}`, status: 'INTERRUPTED' }) : turn(),
      isWith,
    );
    reason = fallenBehind(comparison);
  }
  expect(reason).toContain('100.0 % of its turns failed');
  expect(comparison.measures.errors.bets.count).toBeLessThan(30);
  expect(JSON.stringify(comparison).length).toBeLessThan(6_000);
});
