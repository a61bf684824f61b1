import { expect, test } from 'vitest';
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
