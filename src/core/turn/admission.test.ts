import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

test('admission gives places, then queues in order, then refuses with OVERLOADED', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2, share: 1 });
  const order: string[] = [];
  const first = admission.enter('a');
  const second = admission.enter('a');
  const third = admission.enter('a');
  void second.ready.then(() => order.push('second'));
  void third.ready.then(() => order.push('third'));
  expect(() => admission.enter('a')).toThrowError(expect.objectContaining({ code: 'OVERLOADED', retryAfter: 1 }));
  first.release();
  first.release();
  await second.ready;
  expect(order).toEqual(['second']);
  second.release();
  await third.ready;
  third.release();
  expect([admission.active, admission.queued]).toEqual([0, 0]);
});

test('leaving the queue frees no place', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2, share: 1 });
  const first = admission.enter('a');
  admission.enter('a').release();
  const third = admission.enter('a');
  first.release();
  await third.ready;
  expect(admission.active).toBe(1);
});

test('after closing nobody is admitted, and waiting ones still get a place', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2, share: 1 });
  const first = admission.enter('a');
  const second = admission.enter('a');
  admission.close();
  expect(() => admission.enter('a')).toThrowError(expect.objectContaining({ code: 'OVERLOADED' }));
  first.release();
  await second.ready;
});

test('one viewer has its share of places and queue, and others get in', async () => {
  const admission = new Admission({ limit: 4, queueLimit: 4, share: 0.5 });
  const greedy = Array.from({ length: 4 }, () => admission.enter('a'));
  expect([admission.active, admission.queued]).toEqual([2, 2]);
  expect(() => admission.enter('a')).toThrowError(expect.objectContaining({ code: 'RATE_LIMITED', retryAfter: 1 }));
  expect([admission.enter('b').queued, admission.enter('c').queued]).toEqual([false, false]);
  const waiting = admission.enter('d');
  greedy[0]?.release(); // whose turn comes first among those who may have a place: a waits longest
  await greedy[2]?.ready;
  greedy[1]?.release();
  await waiting.ready;
  expect([admission.active, admission.queued]).toEqual([4, 1]);
});

test('a share is one place at least, where there is any', () => {
  const admission = new Admission({ limit: 1, queueLimit: 0, share: 0.1 });
  expect(admission.enter('a').queued).toBe(false);
  expect(() => admission.enter('b')).toThrowError(expect.objectContaining({ code: 'OVERLOADED' }));
});
