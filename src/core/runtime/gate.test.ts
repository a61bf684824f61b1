import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

test('a gate lets so many in at once, and the others in the order in which they came', async () => {
  const gate = new Gate(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      gate.run(async () => {
        order.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      }),
    ),
  );
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect([most, gate.active, gate.queued]).toEqual([2, 0, 0]);
});

test('failed work releases its place', async () => {
  const gate = new Gate(1);
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(() => 'next')).toBe('next');
});

test('an aborted caller leaves the queue without a place', async () => {
  const gate = new Gate(1);
  const first = gate.enter();
  const controller = new AbortController();
  let ran = false;
  const given = gate.run(() => {
    ran = true;
  }, controller.signal);
  const next = gate.run(() => 'next');
  controller.abort(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  first.release();
  first.release();
  expect(await next).toBe('next');
  expect([ran, gate.active, gate.queued]).toEqual([false, 0, 0]);
});

test('a place that has left the queue frees nothing, however often it is given back', () => {
  const gate = new Gate(1);
  const [held, waiting] = [gate.enter(), gate.enter()];
  waiting.release();
  waiting.release();
  expect([gate.active, gate.queued]).toEqual([1, 0]);
  held.release();
  held.release();
  expect(gate.active).toBe(0);
});
