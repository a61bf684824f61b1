import { expect, test } from 'vitest';
import { memoryJobs } from './jobs.ts';

test('an owner with long jobs delays no other owner, and waiting owners take turns', async () => {
  const jobs = memoryJobs();
  const began: string[] = [];
  const endings = new Map<string, () => void>();
  jobs.handle(
    'ingest',
    (id) => {
      began.push(id);
      return new Promise<void>((resolve) => endings.set(id, resolve));
    },
    { concurrency: 2 },
  );
  const run = (owner: string, ...ids: string[]) => ids.map((id) => jobs.run('ingest', id, owner));
  const all = [...run('a', 'a1', 'a2', 'a3', 'a4'), ...run('b', 'b1', 'b2'), ...run('c', 'c1')];
  expect(began).toEqual(['a1', 'a2', 'b1']); // two at once, and one more of an owner that has none
  for (const id of ['a1', 'b1', 'c1', 'a2', 'a3', 'b2', 'a4']) {
    await expect.poll(() => began).toContain(id);
    endings.get(id)?.();
  }
  await Promise.all(all);
  expect(began.slice(3)).toEqual(['c1', 'b2', 'a3', 'a4']);
  await jobs.stop();
});
