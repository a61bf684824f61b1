import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Jobs } from '#core/ports/jobs.ts';
import { memoryJobs } from '../../src/adapters/memory/jobs.ts';

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

    test('rejects for a kind without a handler', async () => {
      await expect((await open()).run('unknown', 'a')).rejects.toThrow('no handler');
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
