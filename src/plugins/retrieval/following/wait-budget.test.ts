import { expect, test } from 'vitest';
import { WaitBudget } from './wait-budget.ts';

const { signal } = new AbortController();

/** A clock that work moves on. */
function clock() {
  let now = 0;
  const taking = async (milliseconds: number) => {
    now += milliseconds;
  };
  return { taking, budget: new WaitBudget({ mostMs: 100, refillMs: 10, now: () => now }) };
}

test('waiting uses up the budget, which refills with time up to its size', async () => {
  const { taking, budget } = clock();
  expect(budget.left).toBe(100);
  const later = (milliseconds: number) => Promise.resolve().then(() => taking(milliseconds));
  expect(await budget.waitFor(later(40), signal)).toBe(true);
  expect(budget.left).toBeCloseTo(60, 5);
  await taking(2_000);
  expect(budget.left).toBeCloseTo(80, 5);
  await taking(60_000);
  expect(budget.left).toBe(100);
});

test('an empty budget allows no waiting', async () => {
  const { taking, budget } = clock();
  await budget.waitFor(
    Promise.resolve().then(() => taking(500)),
    signal,
  );
  expect(budget.left).toBe(0);
  expect(await budget.waitFor(new Promise(() => undefined), signal)).toBe(false);
});

test('failed work rejects, and an abort ends the waiting', async () => {
  const { budget } = clock();
  await expect(budget.waitFor(Promise.reject(new Error('lost')), signal)).rejects.toThrow('lost');
  const abort = AbortSignal.abort(new Error('stopped'));
  await expect(budget.waitFor(new Promise(() => undefined), abort)).rejects.toThrow('stopped');
});
