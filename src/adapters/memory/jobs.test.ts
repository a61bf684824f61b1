import { expect, test } from 'vitest';
import { memoryJobs } from './jobs.ts';

test('so many at once, the same id is the same job, and a failure is its caller’s', async () => {
  const jobs = memoryJobs();
  let running = 0;
  let most = 0;
  const runs: string[] = [];
  jobs.handle(
    'work',
    async (id) => {
      running += 1;
      most = Math.max(most, running);
      runs.push(id);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (id === 'bad') throw new Error('bad');
    },
    { concurrency: 2 },
  );
  const all = ['a', 'b', 'bad', 'a', 'c'].map((id) => jobs.run('work', id));
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect([most, runs.sort()]).toEqual([2, ['a', 'b', 'bad', 'c']]);
  await expect(jobs.run('unknown', 'a')).rejects.toThrow('no handler');
});

test('stopping aborts what runs, and waits for it', async () => {
  const jobs = memoryJobs();
  let ended = false;
  jobs.handle(
    'work',
    (_id, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          ended = true;
          reject(signal.reason);
        }),
      ),
    { concurrency: 1 },
  );
  const [first, second] = [jobs.run('work', 'a'), jobs.run('work', 'b')];
  const outcomes = Promise.allSettled([first, second]);
  await jobs.stop();
  expect(ended).toBe(true);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
