import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { cacheOf } from '#core/hooks/plugin-services.ts';
import type { SharedCache } from '#core/ports/shared-cache.ts';
import { memorySharedCache } from '../../src/adapters/memory/shared-cache.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisSharedCache } from '../../src/adapters/redis/shared-cache.ts';
import { describeWith } from '../support/services.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value);

/** Keeps the event loop busy. */
function stick(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** The contract of a SharedCache, run over each implementation. */
function sharedCacheContract(name: string, make: () => Promise<SharedCache>): void {
  describe(name, () => {
    test('a value that was set is found, and another key is not', async () => {
      const cache = await make();
      await cache.set('a', bytes('one 一'), { ttlMs: 10_000 });
      expect(text(await cache.get('a'))).toBe('one 一');
      expect(await cache.get('b')).toBeUndefined();
    });

    test('a value ends with its time', async () => {
      const cache = await make();
      await cache.set('a', bytes('one'), { ttlMs: 60 });
      await sleep(120);
      expect(await cache.get('a')).toBeUndefined();
    });

    test('a later value replaces an earlier one, and a deleted one is gone', async () => {
      const cache = await make();
      await cache.set('a', bytes('one'), { ttlMs: 10_000 });
      await cache.set('a', bytes('two'), { ttlMs: 10_000 });
      expect(text(await cache.get('a'))).toBe('two');
      expect(await cache.delete('a')).toBe(true);
      expect(await cache.delete('a')).toBe(false);
      expect(await cache.get('a')).toBeUndefined();
    });

    test('clearing a tag removes its entries alone, and clearing all removes the rest', async () => {
      const cache = await make();
      await cache.set('a', bytes('1'), { ttlMs: 10_000, tags: ['ann', 'x'] });
      await cache.set('b', bytes('2'), { ttlMs: 10_000, tags: ['ann'] });
      await cache.set('c', bytes('3'), { ttlMs: 10_000, tags: ['bob'] });
      expect(await cache.clear('ann')).toBe(2);
      expect(await cache.get('a')).toBeUndefined();
      expect(text(await cache.get('c'))).toBe('3');
      expect(await cache.clear()).toBeGreaterThanOrEqual(1);
      expect(await cache.get('c')).toBeUndefined();
    });

    test('the first holder of a claim keeps it until its time is over or it is released', async () => {
      const cache = await make();
      expect(await cache.claim('k', 'one', 10_000)).toBe('one');
      expect(await cache.claim('k', 'two', 10_000)).toBe('one');
      await cache.release('k', 'two');
      expect(await cache.claim('k', 'two', 10_000)).toBe('one');
      await cache.release('k', 'one');
      expect(await cache.claim('k', 'two', 60)).toBe('two');
      await sleep(120);
      expect(await cache.claim('k', 'three', 10_000)).toBe('three');
    });

    test('one of a hundred concurrent claims wins', async () => {
      const cache = await make();
      const holders = await Promise.all(
        Array.from({ length: 100 }, (_, place) => cache.claim('k', `holder ${place}`, 10_000)),
      );
      expect(new Set(holders).size).toBe(1);
    });

    test('a caller that changes its bytes afterwards does not change the entry', async () => {
      const cache = await make();
      const value = bytes('one');
      await cache.set('a', value, { ttlMs: 10_000 });
      value.fill(0);
      expect(text(await cache.get('a'))).toBe('one');
    });
  });
}

sharedCacheContract('SharedCache in memory', async () => memorySharedCache({ maxBytes: 1_000_000 }));

test('memory stays within its bytes: what was used least lately goes first', async () => {
  const cache = memorySharedCache({ maxBytes: 10_000 });
  for (let place = 0; place < 9; place += 1) await cache.set(`k${place}`, new Uint8Array(800), { ttlMs: 10_000 });
  await cache.get('k0');
  await cache.set('more', new Uint8Array(1_500), { ttlMs: 10_000 });
  expect(await cache.get('k0')).toBeDefined();
  expect(await cache.get('k1')).toBeUndefined();
  await cache.set('too much', new Uint8Array(20_000), { ttlMs: 10_000 });
  expect(await cache.get('too much')).toBeUndefined();
  expect(await cache.get('k0')).toBeDefined();
});

describeWith('SharedCache (REDIS_URL)', Boolean(REDIS_URL), 'set REDIS_URL: scripts/services/services up redis', () => {
  const redis = connectRedis(REDIS_URL, { deadlineFactor: 10 });
  const impatient = connectRedis(REDIS_URL);
  afterAll(() => Promise.all([redis.stop(), impatient.stop()]));
  sharedCacheContract('SharedCache in Redis', async () => {
    const cache = redisSharedCache(redis, `test-${randomUUID()}:`);
    await expect.poll(() => redis.commands.status).toBe('ready');
    return cache;
  });

  test('replicas share values and claims', async () => {
    const prefix = `test-${randomUUID()}:`;
    const [here, there] = [redisSharedCache(redis, prefix), redisSharedCache(redis, prefix)];
    await here.set('a', bytes('one'), { ttlMs: 10_000 });
    expect(text(await there.get('a'))).toBe('one');
    expect(await here.claim('k', 'here', 10_000)).toBe('here');
    expect(await there.claim('k', 'there', 10_000)).toBe('here');
  });

  test('an answer that arrived while the event loop was stuck is in time', async () => {
    await expect.poll(() => impatient.commands.status).toBe('ready');
    const shared = redisSharedCache(impatient, `test-${randomUUID()}:`);
    const cache = cacheOf(shared, 'a plugin');
    await cache.set('a', bytes('one'), { ttlMs: 10_000 });
    // On a busy machine Redis itself may be late. Where the deadline came first, no round would be whole.
    const found = async () => {
      const asked = Array.from({ length: 20 }, () => cache.get('a'));
      stick(600);
      return (await Promise.all(asked)).map(text);
    };
    await expect.poll(found, { interval: 1_100 }).toEqual(Array.from({ length: 20 }, () => 'one'));
  });
});
