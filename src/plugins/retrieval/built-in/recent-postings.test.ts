import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { secondHash, tokenHash } from '../analysis/token-hash.ts';
import { RecentPostings } from './recent-postings.ts';

/** Tokens of which some are in many entries and most in few, as words are; far more of them than slots at the beginning. */
function filled(): { recent: RecentPostings; lists: Map<string, number[]> } {
  const random = seeded(3);
  const recent = new RecentPostings();
  const lists = new Map<string, number[]>();
  for (let posting = 0; posting < 20_000; posting += 1) {
    const token = `t${randomInteger(random, 1 + randomInteger(random, 6_000))}`;
    recent.post(token, posting);
    lists.set(token, [...(lists.get(token) ?? []), posting]);
  }
  return { recent, lists };
}

test('each token has its postings in order of arrival', () => {
  const { recent, lists } = filled();
  expect(recent.size).toBe(lists.size);
  for (const [token, postings] of lists) {
    expect(recent.frequency(token)).toBe(postings.length);
    expect([...recent.find(token)]).toEqual(postings);
  }
  expect(recent.frequency('none')).toBe(0);
  expect(recent.find('none').length).toBe(0);
});

test('all tokens are gone through once, by their hashes', () => {
  const { recent, lists } = filled();
  const found = new Map<string, number[]>();
  for (const [first, second, postings] of recent) found.set(`${first} ${second}`, [...postings]);
  const expected = new Map([...lists].map(([token, list]) => [`${tokenHash(token)} ${secondHash(token)}`, list]));
  expect(found).toEqual(expected);
});
