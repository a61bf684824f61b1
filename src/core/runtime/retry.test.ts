import { expect, test } from 'vitest';
import { Backoff, retry } from './retry.ts';

const soon = { firstMs: 1, longestMs: 2 };
const failing = (times: number) => {
  let count = 0;
  return async () => {
    count += 1;
    if (count <= times) throw new Error(`failure ${count}`);
    return count;
  };
};

test('retry repeats until it succeeds, and reports each failure before another attempt', async () => {
  const told: number[] = [];
  expect(await retry(failing(3), { ...soon, onRetry: (_error, tries) => told.push(tries) })).toBe(4);
  expect(told).toEqual([1, 2, 3]);
});

test('retry rejects with the last error after so many tries, and at once where another attempt cannot help', async () => {
  await expect(retry(failing(9), { ...soon, tries: 3 })).rejects.toThrow('failure 3');
  await expect(retry(failing(9), { ...soon, isTransient: () => false })).rejects.toThrow('failure 1');
});

test('retry ends with the signal’s reason, also in the middle of a pause', async () => {
  const controller = new AbortController();
  const retrying = retry(failing(9), { firstMs: 60_000, longestMs: 60_000, signal: controller.signal });
  setImmediate(() => controller.abort(new Error('given up')));
  await expect(retrying).rejects.toThrow('given up');
});

test('pauses grow to the maximum, are never shorter than requested, and restart after a reset', () => {
  const backoff = new Backoff({ firstMs: 8, longestMs: 16 });
  const within = (pause: number, most: number) => pause >= most / 2 && pause <= most;
  expect(within(backoff.next(), 8)).toBe(true);
  expect(within(backoff.next(), 16)).toBe(true);
  expect(within(backoff.next(), 16)).toBe(true);
  expect(backoff.next(30)).toBe(30);
  backoff.reset();
  expect(within(backoff.next(), 8)).toBe(true);
});
