import { expect, test } from 'vitest';
import { Waiters } from './waiters.ts';

test('each waits once, in the order in which they came, until they are taken', () => {
  const waiters = new Waiters();
  const [a, b, c] = [() => undefined, () => undefined, () => undefined];
  for (const wake of [a, b, a, c, b]) waiters.add(wake);
  expect(waiters.size).toBe(3);
  expect(waiters.take()).toEqual([a, b, c]);
  expect([waiters.size, waiters.take()]).toEqual([0, []]);
});

test('who leaves waits no more, be it the first or another', () => {
  const waiters = new Waiters();
  const [a, b, c] = [() => undefined, () => undefined, () => undefined];
  for (const wake of [a, b, c]) waiters.add(wake);
  waiters.delete(a);
  waiters.delete(c);
  waiters.add(b);
  expect(waiters.take()).toEqual([b]);
});
