import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { emptyTable, entryOf, find, merge, packed, renumbered } from './postings.ts';
import { RecentPostings } from './recent-postings.ts';
import type { PiecewiseSource } from './snapshot.ts';

const ENTRIES = 500;
const TOKENS = 300;

function filled() {
  const random = seeded(12);
  const recent = new RecentPostings();
  for (let entry = 0; entry < ENTRIES; entry += 1)
    for (let token = 0; token < TOKENS; token += 1 + randomInteger(random, 40))
      recent.post(`t${token}`, packed(entry, 1 + randomInteger(random, 9)));
  return merge(emptyTable(), recent, null);
}

test('renumbered lists rise, in pieces as at once', () => {
  const table = filled();
  const order = [...Array(ENTRIES).keys()].sort((one, other) => (one % 3) - (other % 3));
  const { length, read } = renumbered(table, order) as PiecewiseSource;
  const whole = new Uint8Array(read(0, length));
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < length; start += 1_000) pieces.push(read(start, Math.min(length, start + 1_000)));
  expect(Buffer.compare(Buffer.concat(pieces), whole)).toBe(0);
  const anew = { ...table, postings: new Uint32Array(whole.buffer) };
  for (let token = 0; token < TOKENS; token += 7) {
    const numbers = [...find(anew, `t${token}`)].map(entryOf);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const former = [...find(table, `t${token}`)].map(entryOf);
    expect(numbers.map((number) => order[number]).sort()).toEqual(former.sort());
  }
});
