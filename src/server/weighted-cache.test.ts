import { expect, test } from 'vitest';
import { WeightedCache } from './weighted-cache.ts';

test('the cache evicts what was used longest ago until the total weight fits', () => {
  const cache = new WeightedCache<string, number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  expect(cache.weight).toBe(8);
});

test('the cache replaces an entry, and does not keep one that weighs more than the limit', () => {
  const cache = new WeightedCache<string, number>(10);
  cache.set('a', 1, 4);
  cache.set('a', 2, 6);
  expect([cache.get('a'), cache.weight]).toEqual([2, 6]);
  cache.set('a', 3, 11);
  expect([cache.get('a'), cache.weight]).toEqual([undefined, 0]);
});
