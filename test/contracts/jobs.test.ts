import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Jobs } from '#core/ports/jobs.ts';
import { memoryJobs } from '../../src/adapters/memory/jobs.ts';
import { notifyJobs } from '../../src/adapters/postgres/jobs.ts';
import { connectNotifications, type Notifications } from '../../src/adapters/postgres/notifications.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisJobs } from '../../src/adapters/redis/jobs.ts';
import { describeWith } from '../support/services.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';
const POSTGRES_URL = process.env['POSTGRES_URL'] ?? '';

/** The port's contract, run over one implementation. Each call of `make` stands for another process. */
function contract(name: string, make: () => Jobs | Promise<Jobs>): void {
  describe(`jobs in ${name}`, () => {
    const made: Jobs[] = [];
    const open = async () => {
      const jobs = await make();
      made.push(jobs);
      return jobs;
    };
    afterEach(async () => {
      for (const jobs of made.splice(0)) await jobs.stop();
    });

    test('runs so many of a kind at once, and each job', async () => {
      const jobs = await open();
      let running = 0;
      let most = 0;
      const runs: string[] = [];
      const handler = async (id: string) => {
        running += 1;
        most = Math.max(most, running);
        runs.push(id);
        await sleep(5);
        running -= 1;
      };
      jobs.handle('many', handler, { concurrency: 2 });
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => jobs.run('many', id)));
      expect([most, runs.sort()]).toEqual([2, ['a', 'b', 'c', 'd', 'e']]);
    });

    test('the same kind and id is the same job while it is queued or running, and another one after its end', async () => {
      const jobs = await open();
      let runs = 0;
      const handler = async () => {
        runs += 1;
        await sleep(5);
      };
      jobs.handle('same', handler, { concurrency: 1 });
      jobs.handle('other', handler, { concurrency: 1 });
      await Promise.all([jobs.run('same', 'a'), jobs.run('same', 'a')]);
      expect(runs).toBe(1);
      await Promise.all([jobs.run('same', 'a'), jobs.run('other', 'a')]);
      expect(runs).toBe(3);
    });

    test('depth counts what runs and what waits', async () => {
      const jobs = await open();
      const { promise, resolve } = Promise.withResolvers<void>();
      jobs.handle('deep', () => promise, { concurrency: 2 });
      const all = ['a', 'b', 'c'].map((id) => jobs.run('deep', id));
      await expect.poll(() => jobs.depth()).toEqual({ running: 2, waiting: 1 });
      resolve();
      await Promise.all(all);
      await expect.poll(() => jobs.depth()).toEqual({ running: 0, waiting: 0 });
    });

    test('rejects when the handler failed, and continues with the next job', async () => {
      const jobs = await open();
      const handler = async (id: string) => {
        if (id === 'bad') throw new Error('it is bad');
      };
      jobs.handle('failing', handler, { concurrency: 1 });
      const outcomes = await Promise.allSettled(['bad', 'good'].map((id) => jobs.run('failing', id)));
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
      expect((outcomes[0] as PromiseRejectedResult).reason.message).toContain('it is bad');
    });

    test('stopping aborts what runs, waits for it, and lets nothing begin', async () => {
      const jobs = await open();
      const began: string[] = [];
      let ended = false;
      const { promise: running, resolve: isRunning } = Promise.withResolvers<void>();
      const handler = (id: string, signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          began.push(id);
          signal.addEventListener('abort', () => {
            ended = true;
            reject(signal.reason);
          });
          isRunning();
        });
      jobs.handle('long', handler, { concurrency: 1 });
      const outcomes = Promise.allSettled([jobs.run('long', 'a'), jobs.run('long', 'b')]);
      await running;
      await jobs.stop();
      expect([began, ended]).toEqual([['a'], true]);
      expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });
  });
}

contract('memory', memoryJobs);

test('jobs in one process reject for a kind without a handler', async () => {
  await expect(memoryJobs().run('unknown', 'a')).rejects.toThrow('no handler');
});

describeWith(
  'jobs over PostgreSQL’s NOTIFY (POSTGRES_URL)',
  Boolean(POSTGRES_URL),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    const connections: Notifications[] = [];
    const make = async () => {
      const notifications = connectNotifications(POSTGRES_URL);
      connections.push(notifications);
      await notifications.connected;
      return notifyJobs(notifications, memoryJobs());
    };
    afterAll(async () => {
      for (const connection of connections) await connection.stop();
    });
    contract('NOTIFY', make);

    test('a process without a handler reaches one that has it', async () => {
      const [here, there] = [await make(), await make()];
      const kind = `far-${randomUUID()}`;
      const { promise: ran, resolve } = Promise.withResolvers<string>();
      there.handle(kind, async (id) => resolve(id), { concurrency: 1 });
      // A process hears of it once it listens; before, it would find it in the store.
      const asking = setInterval(() => void here.run(kind, 'a'), 50);
      expect(await ran).toBe('a');
      clearInterval(asking);
      await Promise.all([here.stop(), there.stop()]);
    });
  },
);

describeWith(
  'jobs in Redis (REDIS_URL)',
  Boolean(REDIS_URL),
  'set REDIS_URL: scripts/services/services up redis',
  () => {
    const redis = connectRedis(REDIS_URL, { deadlineFactor: 10 });
    afterAll(() => redis.stop());
    const make = (prefix: string = `test-${randomUUID()}`) => redisJobs(redis, { local: memoryJobs(), prefix });
    contract('Redis', () => make());

    test('a process without a handler waits for the one that has it', async () => {
      const prefix = `test-${randomUUID()}`;
      const [web, worker] = [make(prefix), make(prefix)];
      const ran: string[] = [];
      const running = web.run('far', 'a');
      worker.handle('far', async (id) => void ran.push(id), { concurrency: 1 });
      await running;
      expect(ran).toEqual(['a']);
      await Promise.all([web.stop(), worker.stop()]);
    });

    test('what a stopped worker was at goes to another one', async () => {
      const prefix = `test-${randomUUID()}`;
      const [web, first, second] = [make(prefix), make(prefix), make(prefix)];
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      const handler = (_id: string, signal: AbortSignal) =>
        new Promise<void>((_done, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          resolve();
        });
      first.handle('moving', handler, { concurrency: 1 });
      const running = web.run('moving', 'a');
      await begun;
      await first.stop();
      const ran: string[] = [];
      second.handle('moving', async (id) => void ran.push(id), { concurrency: 1 });
      await running;
      expect(ran).toEqual(['a']);
      await Promise.all([web.stop(), second.stop()]);
    });

    test('a job of which Redis knows nothing any more ends for those who wait, and may be added again', async () => {
      const prefix = `test-${randomUUID()}`;
      const web = make(prefix);
      const running = web.run('flushed', 'a');
      await expect.poll(() => web.depth()).toEqual({ running: 0, waiting: 1 });
      for (const key of await redis.commands.keys(`${prefix}:*`)) await redis.commands.unlink(key);
      await running;
      const worker = make(prefix);
      const ran: string[] = [];
      worker.handle('flushed', async (id) => void ran.push(id), { concurrency: 1 });
      await web.run('flushed', 'a');
      expect(ran).toEqual(['a']);
      await Promise.all([web.stop(), worker.stop()]);
    });
  },
);

test('while Redis is away jobs run where they are added, and a process without a handler is told at once', async () => {
  const redis = connectRedis('redis://127.0.0.1:1');
  const jobs = redisJobs(redis, { local: memoryJobs() });
  const ran: string[] = [];
  jobs.handle('away', async (id) => void ran.push(id), { concurrency: 1 });
  await jobs.run('away', 'a');
  expect(ran).toEqual(['a']);
  await expect(jobs.run('elsewhere', 'a')).rejects.toThrow('Redis takes no jobs');
  await jobs.stop();
  await redis.stop();
});
