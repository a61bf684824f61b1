import { expect, test, vi } from 'vitest';
import type { SharedCache } from '../ports/shared-cache.ts';
import { cacheOf } from './plugin-services.ts';

function counting(call: () => Promise<never>) {
  let calls = 0;
  const fail = () => {
    calls += 1;
    return call();
  };
  const cache: SharedCache = {
    ...{ remote: true, stats: () => ({ bytes: 0, evictions: 0 }), get: fail, set: fail, delete: fail, clear: fail },
    ...{ claim: fail, release: fail },
  };
  return { cache: cacheOf(cache, 'a plugin'), other: cacheOf(cache, 'another'), calls: () => calls };
}

async function all(cache: SharedCache) {
  expect(await cache.get('k')).toBeUndefined();
  await cache.set('k', new Uint8Array(1), { ttlMs: 1_000 });
  expect(await cache.delete('k')).toBe(false);
  expect(await cache.claim('k', 'me', 1_000)).toBe('me');
  await cache.release('k', 'me');
}

test('of all calls of a cache that hangs only the first one waits, whichever plugin makes the next', async () => {
  const { cache, other, calls } = counting(() => new Promise(() => undefined));
  await all(cache);
  await all(other);
  expect(calls()).toBe(1);
});

test('a cache that fails at once is asked each time: reads may succeed where writes do not', async () => {
  const { cache, calls } = counting(() => Promise.reject(new Error('OOM')));
  await all(cache);
  expect(calls()).toBe(5);
});

test('while the cache fails, equal questions of this process still agree on who leads', async () => {
  const { cache } = counting(() => Promise.reject(new Error('OOM')));
  expect([await cache.claim('k', 'a', 1_000), await cache.claim('k', 'b', 1_000)]).toEqual(['a', 'a']);
  await cache.release('k', 'b');
  expect(await cache.claim('k', 'c', 1_000)).toBe('a');
  await cache.release('k', 'a');
  expect(await cache.claim('k', 'c', 1_000)).toBe('c');
});

test('a leader elsewhere is followed while the cache fails, and not long after: it may have ended', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let fails = false;
  const claim = async () => (fails ? Promise.reject(new Error('away')) : 'elsewhere');
  const { cache: failing } = counting(() => Promise.reject(new Error('OOM')));
  const cache = cacheOf({ ...failing, claim }, 'a plugin');
  expect(await cache.claim('k', 'a', 120_000)).toBe('elsewhere');
  fails = true;
  expect(await cache.claim('k', 'b', 120_000)).toBe('elsewhere');
  vi.advanceTimersByTime(2_001);
  expect(await cache.claim('k', 'c', 120_000)).toBe('c');
  vi.useRealTimers();
});
