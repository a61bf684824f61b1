import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Scene } from '../scene/index.ts';
import { type Fault, lasting, MILLISECONDS } from './fault.ts';

/** Answers go on without Redis: a reader elsewhere leaves a stream that is silent for 2 s, and looks in PostgreSQL. */
const bounds = { silence: 4_000 };

/** Every server answers without Redis. */
const NEVER = () => false;

const restart: Fault = {
  what: 'Redis killed, with all that it held, and started again',
  bounds,
  run: lasting('redis-restart', NEVER, async ({ redis }) => {
    await redis.kill();
    await sleep(MILLISECONDS());
    await redis.start();
  }),
};

const pause: Fault = {
  what: 'Redis accepts connections and answers nothing',
  bounds,
  run: lasting('redis-pause', NEVER, async ({ redis }) => {
    redis.pause();
    await sleep(MILLISECONDS());
    redis.resume();
  }),
};

export async function emptied({ redis }: Pick<Scene, 'redis'>): Promise<void> {
  const admin = new Redis(redis.url);
  await admin.flushall();
  admin.disconnect();
}

const flush: Fault = {
  what: 'Redis emptied',
  bounds,
  run: lasting('redis-flush', NEVER, (scene) => emptied(scene)),
};

const full: Fault = {
  what: 'Redis full, with an order to evict nothing: it refuses every write',
  bounds,
  run: lasting('redis-full', NEVER, async ({ redis }) => {
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1mb'); // below what an empty one uses
    await sleep(MILLISECONDS());
    await admin.config('SET', 'maxmemory', '0');
    admin.disconnect();
  }),
};

const cut: Fault = {
  what: 'every connection to Redis broken, at one replica or at all',
  bounds,
  run: lasting('redis-cut', NEVER, async ({ replicas }, round) => {
    const hit = round % 2 === 0 ? replicas : replicas.slice(round % 3, (round % 3) + 1);
    for (const { redis } of hit) redis.down = true;
    await sleep(MILLISECONDS());
    for (const { redis } of hit) redis.down = false;
  }),
};

const delay: Fault = {
  what: 'each piece to and from Redis 400 ms late',
  bounds,
  run: lasting('redis-delay', NEVER, async ({ replicas }) => {
    for (const { redis } of replicas) redis.delayMs = 400;
    await sleep(3_000);
    for (const { redis } of replicas) redis.delayMs = 0;
  }),
};

export const redisFaults = {
  ...{ 'redis-restart': restart, 'redis-pause': pause, 'redis-flush': flush },
  ...{ 'redis-full': full, 'redis-cut': cut, 'redis-delay': delay },
};
