import { expect, test } from 'vitest';
import { admits, type Candidate } from './admission.ts';

const policy = { asks: 6, characters: 10_000, usd: 0.05, minimumQuality: 0.6 };
const candidate: Candidate = { asks: 1, characters: 200, usd: 0, finishReason: 'STOP', degraded: false, quality: null };
const admitted = (others: Partial<Candidate>) => admits(policy, { ...candidate, ...others });

test('an answer is kept once it was asked for often enough, or is long or expensive', () => {
  expect(admitted({})).toBe(false);
  expect(admitted({ asks: 5 })).toBe(false);
  expect(admitted({ asks: 6 })).toBe(true);
  expect(admitted({ characters: 9_999 })).toBe(false);
  expect(admitted({ characters: 10_000 })).toBe(true);
  expect(admitted({ usd: 0.049 })).toBe(false);
  expect(admitted({ usd: 0.05 })).toBe(true);
});

test('an answer that is not whole, not good or not grounded as usual is never kept', () => {
  const often = { asks: 100, characters: 20_000, usd: 1 };
  expect(admitted(often)).toBe(true);
  expect(admitted({ ...often, finishReason: 'LENGTH' })).toBe(false);
  expect(admitted({ ...often, finishReason: 'CONTENT_FILTER' })).toBe(false);
  expect(admitted({ ...often, degraded: true })).toBe(false);
  expect(admitted({ ...often, characters: 0 })).toBe(false);
  expect(admitted({ ...often, quality: 0.59 })).toBe(false);
  expect(admitted({ ...often, quality: 0.6 })).toBe(true);
});
