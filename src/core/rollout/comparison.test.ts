import { expect, test } from 'vitest';
import { seeded } from '../../../test/support/random.ts';
import type { GuardedTurn } from '../ports/store.ts';
import { type Comparison, compare, fallenBehind, GUARD_ERROR, NO_COMPARISON } from './comparison.ts';

let made = 0;
const turn = (others: Partial<GuardedTurn> = {}): GuardedTurn => {
  made += 1;
  return {
    ...{ id: `g${made}`, tenant: 't', subject: `viewer ${made}`, features: [], status: 'COMPLETE' },
    ...{ errorCode: null, durationMs: 1_000 + (made % 100), quality: 0.8 },
    ...others,
  };
};
/** So many viewers with one turn each, every second with the feature; what `having` makes of them. */
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
    /^\d+\.\d % of its turns failed, 0\.0 % of the others, over \d+ pairs of viewers \(sequential test, error at most 0\.05\)$/,
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

test('one viewer alone takes no rollout back, however many turns fail', () => {
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
  expect(JSON.stringify(comparison).length).toBeLessThan(40_000);
});

/**
 * How often a rollout without any effect is taken back: viewers differ in how often their turns fail (standard deviation .15 around
 * .1), in how good their answers are (.1) and in how long these take, and send many turns each.
 */
function falseAlarms(runs: number, viewers: number, turns: number): number {
  const random = seeded(7);
  let alarms = 0;
  for (let run = 0; run < runs; run += 1) {
    const people = Array.from({ length: viewers }, (_, index) => ({
      ...{
        subject: `${run} ${index}`,
        isWith: random() < 0.5,
        failing: random() ** 9,
        quality: 0.65 + 0.35 * random(),
      },
      pace: 500 + 2_000 * random(),
    }));
    let comparison: Comparison = NO_COMPARISON;
    for (let sent = 0; sent < viewers * turns; sent += 1) {
      const person = people[Math.floor(random() * viewers)] ?? people[0];
      if (!person) break;
      const { subject, isWith, failing, quality, pace } = person;
      const failed: Partial<GuardedTurn> = random() < failing ? { status: 'FAILED', errorCode: 'MODEL_FAILED' } : {};
      const like = { quality: Math.min(1, quality + 0.05 * random()), durationMs: pace * (0.8 + 0.4 * random()) };
      comparison = compare(comparison, turn({ subject, ...like, ...failed }), isWith);
      if (fallenBehind(comparison) === null) continue;
      alarms += 1;
      break;
    }
  }
  return alarms / runs;
}

test.each([
  [20, 50],
  [100, 6],
])(
  'of %i viewers with %i turns each, who differ much, a rollout without effect is taken back at the stated error',
  (viewers, turns) => {
    const runs = 80;
    const share = falseAlarms(runs, viewers, turns);
    console.log(
      `false alarms: ${(100 * share).toFixed(1)} % of ${runs} rollouts, ${viewers} viewers with ${turns} turns each`,
    );
    // Three standard errors.
    expect(share).toBeLessThanOrEqual(GUARD_ERROR + 3 * Math.sqrt((GUARD_ERROR * (1 - GUARD_ERROR)) / runs));
  },
);
