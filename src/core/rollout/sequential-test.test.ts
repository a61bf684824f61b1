import { expect, test } from 'vitest';
import { type Bets, bet, isRefuted, NO_BETS } from './sequential-test.ts';

/** Mulberry32, public domain: the same numbers each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
/** After how many of `most` differences it says so; null: never. */
function firstAlarm(draw: () => number, tolerance: number, error: number, most: number): number | null {
  let bets: Bets = NO_BETS;
  for (let count = 1; count <= most; count += 1) {
    bets = bet(bets, draw(), tolerance);
    if (isRefuted(bets, error)) return count;
  }
  return null;
}
const bernoulli = (random: () => number, share: number) => (random() < share ? 1 : 0);

test.each([
  ['no difference, of rare failures', 0.02, 0.02, 0],
  ['no difference, of common ones', 0.5, 0.5, 0],
  ['as much worse as is tolerated', 0.12, 0.1, 0.02],
  ['better', 0.05, 0.1, 0],
])(
  '%s: looked at after each of 3,000 pairs, it is refuted in at most the stated share of 400 runs',
  (_name, having, lacking, tolerance) => {
    const random = randomFrom(1);
    const error = 0.05;
    let alarms = 0;
    for (let run = 0; run < 400; run += 1)
      if (firstAlarm(() => bernoulli(random, having) - bernoulli(random, lacking), tolerance, error, 3_000) !== null)
        alarms += 1;
    // Three standard errors of a share of .05 over 400 runs.
    expect(alarms / 400).toBeLessThanOrEqual(error + 3 * Math.sqrt((error * (1 - error)) / 400));
  },
);

test.each([
  ['a third fails in place of 2 %', 0.33, 0.02, 60],
  ['a tenth fails in place of 2 %', 0.1, 0.02, 400],
])('%s: seen in most runs within %i pairs', (_name, having, lacking, within) => {
  const random = randomFrom(2);
  const seen = Array.from({ length: 200 }, () =>
    firstAlarm(() => bernoulli(random, having) - bernoulli(random, lacking), 0.01, 0.05 / 3, 2_000),
  );
  expect(seen.filter((count) => count === null)).toEqual([]);
  expect(seen.filter((count) => (count ?? 0) <= within).length).toBeGreaterThan(150);
});

test('what is no number from -1 to 1 is taken as the nearest one, and ruins no capital', () => {
  let bets: Bets = NO_BETS;
  for (const difference of [5, 1, 1, 1, -50, -1, -1, 1e9]) bets = bet(bets, difference, 0.01);
  expect(Number.isFinite(bets.logCapital)).toBe(true);
});
