import { expect, test } from 'vitest';
import { memoryEventLog } from './event-log.ts';

const never = new AbortController().signal;

test('readers side by side are given the very same event', async () => {
  const log = memoryEventLog();
  log.open('g', 1);
  const readers = [await log.read('g', null, never), await log.read('g', null, never)];
  const pulled = readers.map((reader) => reader?.next());
  log.append('g', 1, { type: 'text-delta', text: 'x', offset: 0 });
  const [first, second] = await Promise.all(pulled);
  expect(first?.value).toBe(second?.value);
});

test('ended logs are kept within bounds of number and time, and the oldest go first', async () => {
  let time = 0;
  const log = memoryEventLog({ keep: 2, keepMs: 100, now: () => time });
  const known = async () => {
    const found = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => (await log.read(id, null, never)) && id));
    return found.filter(Boolean);
  };
  for (const id of ['a', 'b', 'c']) {
    log.open(id, 1);
    log.close(id, 1);
    time += 10;
  }
  expect(await known()).toEqual(['b', 'c']);
  time = 115;
  log.open('d', 1);
  expect(await known()).toEqual(['c', 'd']);
});
