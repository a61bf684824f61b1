import { expect, test } from 'vitest';
import { batched } from './batched.ts';

/** A reader whose reads end when they are let go. */
function held() {
  const reads: { readonly items: readonly number[]; readonly end: (error?: Error) => void }[] = [];
  const get = batched<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        reads.push({ items, end: (error) => (error ? reject(error) : resolve(items.map((item) => item * 10))) });
      }),
  );
  return { reads, get };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('what comes while four reads run is read in one, and each gets its own', async () => {
  const { reads, get } = held();
  const all = Array.from({ length: 1_000 }, (_, item) => get(item));
  expect(reads.map(({ items }) => items.length)).toEqual([1, 1, 1, 1]);
  reads[0]?.end();
  await settle();
  expect(reads[4]?.items).toHaveLength(996);
  for (const { end } of reads) end();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 1_000 }, (_, item) => item * 10));
  const later = get(7);
  expect(reads[5]?.items).toEqual([7]);
  reads[5]?.end();
  expect(await later).toBe(70);
});

test('a read that fails fails for those it was for, and the others are read', async () => {
  const { reads, get } = held();
  const first = Array.from({ length: 4 }, (_, item) => get(item));
  const waiting = get(4);
  reads[0]?.end(new Error('broken'));
  await expect(first[0]).rejects.toThrow('broken');
  for (const { end } of reads) end();
  expect(await waiting).toBe(40);
  expect(await Promise.all(first.slice(1))).toEqual([10, 20, 30]);
});
