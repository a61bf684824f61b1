import { expect, test } from 'vitest';
import { lowerBound, together, upperBound, worthOf } from './bound.ts';

test('the bound is that of Clopper and Pearson', () => {
  // 0.05 ** (1 / n) where none is wrong.
  expect(lowerBound({ right: 100, wrong: 0 })).toBeCloseTo(0.05 ** (1 / 100), 6);
  // R: binom.test(95, 100, alternative = "greater")$conf.int[1]
  expect(lowerBound({ right: 95, wrong: 5 })).toBeCloseTo(0.89775, 4);
  expect(lowerBound({ right: 0, wrong: 0 })).toBe(0);
  expect(upperBound(0, 100)).toBeCloseTo(1 - 0.05 ** (1 / 100), 6);
});

test('so many right hits as an error is worth have that bound', () => {
  for (const error of [0.001, 0.01, 0.2]) expect(1 - lowerBound(worthOf(error))).toBeGreaterThanOrEqual(error * 0.99);
  expect(worthOf(1)).toEqual({ right: 0, wrong: 0 });
});

test('one wrong hit near an entry ends what the calibration alone would serve; many right ones bring it back', () => {
  const prior = worthOf(0.005);
  expect(lowerBound(together(prior, { right: 0, wrong: 0 }))).toBeGreaterThan(0.99);
  expect(lowerBound(together(prior, { right: 0, wrong: 1 }))).toBeLessThan(0.99);
  expect(lowerBound(together(prior, { right: 500, wrong: 1 }))).toBeGreaterThan(0.99);
});
