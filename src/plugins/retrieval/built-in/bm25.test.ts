import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { throughFile } from '../../../../test/support/through-file.ts';
import { B, BM25_COLUMNS, Bm25, type Bm25Parts, K1 } from './bm25.ts';
import { columnsOf } from './columns-of.ts';
import { Runs } from './runs.ts';

const indexOf = (entries: readonly (readonly string[])[]): Bm25 => {
  const index = new Bm25();
  for (const tokens of entries) index.add(tokens);
  return index;
};

function scoresOf(index: Bm25, tokens: readonly string[]): Float32Array {
  return index.scores(tokens, allOf(index));
}
function allOf(index: Bm25): Runs {
  const all = new Runs();
  for (let entry = 0; entry < index.size; entry += 1) all.add(entry);
  return all;
}
const asTheyCame = (index: Bm25) => [...Array(index.size).keys()];
/** The index after a round trip through a file, with its entries in this order. */
const reopened = async (index: Bm25, entries: readonly number[]) =>
  Bm25.from(columnsOf(await throughFile(index.sources(entries)), BM25_COLUMNS));

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
      expect(scoresOf(index, query)[entry]).toBeCloseTo(score, 4);
});

test('after compact, the rest scores as if the dropped entries had never existed', () => {
  const entries = randomEntries(7, 2_000);
  const index = indexOf(entries);
  index.compact((entry) => entry % 3 === 0);
  const kept = entries.filter((_, entry) => entry % 3 === 0);
  expect(index.size).toBe(kept.length);
  for (const token of ['t1', 't2']) {
    expect(index.idf(token)).toBe(indexOf(kept).idf(token));
    expect(scoresOf(index, [token])).toEqual(scoresOf(indexOf(kept), [token]));
  }
  expect(index.add(['new'])).toBe(kept.length);
  expect([...scoresOf(index, ['new'])].findIndex((score) => score > 0)).toBe(kept.length);
});

test('entries from a file and later additions score as one index', async () => {
  const entries = randomEntries(8, 9_000);
  const whole = indexOf(entries);
  const first = indexOf(entries.slice(0, 4_000));
  const restored = await reopened(first, asTheyCame(first));
  for (const tokens of entries.slice(4_000)) restored.add(tokens);
  expect(restored.size).toBe(9_000);
  for (const query of [['t1'], ['t2', 't39', 't2'], ['unknown']]) {
    expect(scoresOf(restored, query)).toEqual(scoresOf(whole, query));
    expect(restored.frequency(query[0] as string)).toBe(whole.frequency(query[0] as string));
  }
  restored.compact((entry) => entry >= 3_000);
  const kept = indexOf(entries.slice(3_000));
  for (const [entry, score] of scoresOf(kept, ['t1', 't7']).entries())
    expect(scoresOf(restored, ['t1', 't7'])[entry]).toBeCloseTo(score, 4);
});

test('entries that a file reorders keep their scores under their new numbers', async () => {
  const entries = randomEntries(9, 3_000);
  const index = indexOf(entries);
  const order = asTheyCame(index).sort((one, other) => (one % 7) - (other % 7));
  const opened = await reopened(index, order);
  for (const one of [index, opened]) one.add(['t1', 'late']);
  order.push(3_000);
  for (const query of [['t1'], ['t2', 't39', 't2'], ['late'], ['unknown']]) {
    const scores = scoresOf(index, query);
    expect([...scoresOf(opened, query)]).toEqual(order.map((entry) => scores[entry]));
  }
});

test('statistics of a few long runs, and of many short ones, are those of an index of their own', async () => {
  const entries = randomEntries(11, 3_000);
  const opened = await reopened(indexOf(entries.slice(0, 2_000)), [...Array(2_000).keys()]);
  for (const tokens of entries.slice(2_000)) opened.add(tokens);
  for (const isIn of [(entry: number) => entry >= 300 && entry < 2_900, (entry: number) => entry % 3 === 1]) {
    const runs = new Runs();
    const kept = entries.filter((_, entry) => isIn(entry));
    for (let entry = 0; entry < entries.length; entry += 1) if (isIn(entry)) runs.add(entry);
    const own = indexOf(kept);
    const statistics = opened.statistics(['t1', 't7', 'unknown'], runs);
    expect(statistics).toEqual(own.statistics(['t1', 't7', 'unknown'], allOf(own)));
    const scores = opened.scores(['t1', 't7'], runs);
    expect(Array.from(runs.entries(), (entry) => scores[entry])).toEqual([...scoresOf(own, ['t1', 't7'])]);
  }
});

test('the entries of a few long runs, and of many short ones, score as all do', () => {
  const index = indexOf(randomEntries(10, 3_000));
  const [few, many] = [new Runs(), new Runs()];
  for (let entry = 0; entry < index.size; entry += 1) {
    if ((entry >= 300 && entry < 900) || entry >= 2_990) few.add(entry);
    if (entry % 3 === 1) many.add(entry);
  }
  for (const query of [['t1'], ['t2', 't39', 't2'], ['t4'], ['unknown']])
    for (const runs of [few, many, new Runs()]) {
      const all = scoresOf(index, query).slice();
      const scores = index.scores(query, runs, index.statistics(query, allOf(index)));
      for (const entry of runs.entries()) expect(scores[entry]).toBe(all[entry]);
    }
});

test('the memory of written entries is released with the next write, if there were additions', () => {
  const index = indexOf([['a'], ['b', 'a']]);
  const parts = () => index.sources(asTheyCame(index)) as unknown as Bm25Parts;
  const { postings } = parts();
  expect(parts().postings).toBe(postings);
  index.add(['a', 'c']);
  expect(parts().postings).toHaveLength(5);
  expect(postings).toHaveLength(0);
  expect([...scoresOf(index, ['c'])].map((score) => score > 0)).toEqual([false, false, true]);
});

test('an empty index, and a query of nothing, give no scores', () => {
  expect([...scoresOf(new Bm25(), ['a'])]).toEqual([]);
  expect([...scoresOf(indexOf([['a']]), [])]).toEqual([0]);
});

test('of a very long query the rarest tokens count', () => {
  const common = Array.from({ length: 300 }, (_, index) => `common${index}`);
  const index = indexOf([...Array.from({ length: 20 }, () => common), [...common, 'rare']]);
  const scores = scoresOf(index, [...common, 'rare']);
  expect(scores.indexOf(Math.max(...scores))).toBe(20);
});
