import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { B, Bm25, K1 } from './bm25.ts';

const indexOf = (entries: readonly (readonly string[])[]): Bm25 => {
  const index = new Bm25();
  for (const tokens of entries) index.add(tokens);
  return index;
};

/** The formula, word for word, without an index. */
function reference(entries: readonly (readonly string[])[], query: readonly string[]): number[] {
  const average = entries.reduce((sum, { length }) => sum + length, 0) / entries.length;
  return entries.map((tokens) =>
    query.reduce((sum, asked) => {
      const having = entries.filter((other) => other.includes(asked)).length;
      const idf = Math.log(1 + (entries.length - having + 0.5) / (having + 0.5));
      const frequency = tokens.filter((token) => token === asked).length;
      return sum + (idf * frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * tokens.length) / average));
    }, 0),
  );
}

const randomEntries = (seed: number, count: number): string[][] => {
  const random = seeded(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + randomInteger(random, 30) }, () => `t${randomInteger(random, 40)}`),
  );
};

test('scores are those of the formula', () => {
  const entries = randomEntries(6, 300);
  const index = indexOf(entries);
  for (const query of [['t1'], ['t1', 't2', 't1'], ['t3', 'unknown'], ['constructor', '__proto__']])
    for (const [entry, score] of reference(entries, query).entries())
      expect(index.scores(query)[entry]).toBeCloseTo(score, 4);
});

test('what compact keeps scores as if the rest had never been there', () => {
  const entries = randomEntries(7, 2_000);
  const index = indexOf(entries);
  index.compact((entry) => entry % 3 === 0);
  const kept = entries.filter((_, entry) => entry % 3 === 0);
  expect(index.size).toBe(kept.length);
  for (const token of ['t1', 't2']) {
    expect(index.idf(token)).toBe(indexOf(kept).idf(token));
    expect(index.scores([token])).toEqual(indexOf(kept).scores([token]));
  }
  expect(index.add(['new'])).toBe(kept.length);
  expect([...index.scores(['new'])].findIndex((score) => score > 0)).toBe(kept.length);
});

test('what went through a file, and what was added after it, scores as one index', () => {
  const entries = randomEntries(8, 9_000);
  const whole = indexOf(entries);
  const restored = Bm25.from(indexOf(entries.slice(0, 4_000)).parts());
  for (const tokens of entries.slice(4_000)) restored.add(tokens);
  expect(restored.size).toBe(9_000);
  for (const query of [['t1'], ['t2', 't39', 't2'], ['unknown']]) {
    expect(restored.scores(query)).toEqual(whole.scores(query));
    expect(restored.frequency(query[0] as string)).toBe(whole.frequency(query[0] as string));
  }
  restored.compact((entry) => entry >= 3_000);
  const kept = indexOf(entries.slice(3_000));
  for (const [entry, score] of kept.scores(['t1', 't7']).entries())
    expect(restored.scores(['t1', 't7'])[entry]).toBeCloseTo(score, 4);
});

test('what went into a file is given back with the next one, where anything came since', () => {
  const index = indexOf([['a'], ['b', 'a']]);
  const { postings } = index.parts();
  expect(index.parts().postings).toBe(postings);
  index.add(['a', 'c']);
  expect(index.parts().postings).toHaveLength(5);
  expect(postings).toHaveLength(0);
  expect([...index.scores(['c'])].map((score) => score > 0)).toEqual([false, false, true]);
});

test('an empty index, and a query of nothing, give no scores', () => {
  expect([...new Bm25().scores(['a'])]).toEqual([]);
  expect([...indexOf([['a']]).scores([])]).toEqual([0]);
});

test('of a very long query the rarest tokens count', () => {
  const common = Array.from({ length: 300 }, (_, index) => `common${index}`);
  const index = indexOf([...Array.from({ length: 20 }, () => common), [...common, 'rare']]);
  const scores = index.scores([...common, 'rare']);
  expect(scores.indexOf(Math.max(...scores))).toBe(20);
});
