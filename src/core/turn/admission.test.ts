import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

test('so many at once, so many waiting in order, and OVERLOADED for the rest', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2 });
  const order: string[] = [];
  const first = admission.enter();
  const second = admission.enter();
  const third = admission.enter();
  void second.ready.then(() => order.push('second'));
  void third.ready.then(() => order.push('third'));
  expect(() => admission.enter()).toThrowError(expect.objectContaining({ code: 'OVERLOADED', retryAfter: 1 }));
  first.release();
  first.release();
  await second.ready;
  expect(order).toEqual(['second']);
  second.release();
  await third.ready;
  third.release();
  expect([admission.active, admission.queued]).toEqual([0, 0]);
});

test('who leaves the queue frees no place that was never taken', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2 });
  const first = admission.enter();
  admission.enter().release();
  const third = admission.enter();
  first.release();
  await third.ready;
  expect(admission.active).toBe(1);
});

test('after closing nobody comes in, and who waits still gets a place', async () => {
  const admission = new Admission({ limit: 1, queueLimit: 2 });
  const first = admission.enter();
  const second = admission.enter();
  admission.close();
  expect(() => admission.enter()).toThrowError(expect.objectContaining({ code: 'OVERLOADED' }));
  first.release();
  await second.ready;
});
