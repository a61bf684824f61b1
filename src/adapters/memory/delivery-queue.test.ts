import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DeliveryQueue, type Waited } from './delivery-queue.ts';
import { Waiters } from './waiters.ts';

function waiters(wakes: readonly (() => void)[]): Waiters {
  const all = new Waiters();
  for (const wake of wakes) all.add(wake);
  return all;
}

/** A clock that each reader moves by so many milliseconds. */
function scene(takes: number) {
  let time = 1_000;
  const served: string[] = [];
  const queue = new DeliveryQueue(() => time);
  const log = (name: string, readers = 1): Waited => ({
    isDue: false,
    waiting: waiters(
      Array.from({ length: readers }, (_, index) => () => {
        time += takes;
        served.push(`${name}${index}`);
      }),
    ),
  });
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  return { queue, served, log, pass };
}

test('readers are served in the order in which their logs came, each once', async () => {
  const { queue, served, log } = scene(0.01);
  const [a, b, c] = [log('a', 2), log('b'), log('c')];
  for (const one of [a, b, a, c, b]) queue.add(one);
  expect(served).toEqual([]);
  await expect.poll(() => served).toEqual(['a0', 'a1', 'b0', 'c0']);
  expect([a, b, c].some(({ isDue }) => isDue)).toBe(false);
});

test('a log that is added again while it waits stands in the queue once', async () => {
  const { queue, served, log } = scene(0.01);
  const [once, often] = [log('once'), log('often')];
  const reads = new Map<Waited, number>();
  for (const one of [once, often]) {
    const { waiting } = one;
    Object.defineProperty(one, 'waiting', {
      get: () => {
        reads.set(one, (reads.get(one) ?? 0) + 1);
        return waiting;
      },
    });
  }
  for (const one of [once, often, often, often]) queue.add(one);
  await expect.poll(() => served).toEqual(['once0', 'often0']);
  expect(reads.get(often)).toBe(reads.get(once));
});

test('a log that gets something new while its readers are served comes again', async () => {
  const { queue, served, log } = scene(0.01);
  const again = log('again');
  const first = log('first');
  first.waiting.add(() => {
    again.waiting.add(() => served.push('new'));
    queue.add(again);
  });
  queue.add(again);
  queue.add(first);
  await expect.poll(() => served).toEqual(['again0', 'first0', 'new']);
});

test('readers who take long are served over several turns of the loop, and others have theirs between', async () => {
  const { queue, served, log } = scene(5);
  queue.add(log('first', 10));
  await expect.poll(() => served.length).toBe(10);
  // What a reader takes is known from here on.
  queue.add(log('second', 100));
  const between = new Set<number>();
  while (served.length < 110) {
    between.add(served.length);
    await turnOfTheLoop();
  }
  expect(between.size).toBeGreaterThan(5);
});

test('where the loop was busy elsewhere, a turn of serving is longer', async () => {
  const { queue, served, log, pass } = scene(5);
  queue.add(log('first', 10));
  await expect.poll(() => served.length).toBe(10);
  pass(150);
  queue.add(log('second', 30));
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(served.length).toBeGreaterThanOrEqual(40);
});

test('one turn in which a reader took very long makes the next ones no shorter', async () => {
  const { queue, served, log, pass } = scene(0.02);
  for (let turn = 0; turn < 20; turn += 1) {
    queue.add(log('before', 50));
    await expect.poll(() => served.length).toBe(50 * (turn + 1));
  }
  const slow = log('slow', 0);
  slow.waiting.add(() => pass(400));
  queue.add(slow);
  await turnOfTheLoop();
  await turnOfTheLoop();
  queue.add(log('after', 1_000));
  pass(20);
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(served.length).toBeGreaterThanOrEqual(2_000);
});

test('what readers leave to do is done soon after them, by ticks and by promises', async () => {
  const { queue, served, log } = scene(0.001);
  let [open, most] = [0, 0];
  for (let index = 0; index < 60; index += 1) {
    const one = log('one');
    one.waiting.add(() => {
      open += 2;
      most = Math.max(most, open);
      process.nextTick(() => {
        open -= 1;
      });
      void Promise.resolve().then(() => {
        open -= 1;
      });
    });
    queue.add(one);
  }
  await expect.poll(() => served.length).toBe(60);
  expect(open).toBe(0);
  expect(most).toBeLessThanOrEqual(2 * 8);
});
