import { expect, test } from 'vitest';
import { agreement, fuse, type Weighting } from './fusion.ts';
import { Trust } from './trust.ts';

const hits = (...pairs: readonly [string, number][]) => pairs.map(([id, score]) => ({ id, score }));
const many = (prefix: string, count: number, from: number, step: number) =>
  Array.from({ length: count }, (_, place) => ({ id: `${prefix}${place}`, score: from - place * step }));
const trusting: Weighting = { type: 'adaptive', prior: 0.7 / 0.3, trust: () => 1 };
const ids = (...asked: Parameters<typeof fuse>) => fuse(...asked).order.map(({ id }) => id);

test('one leg alone keeps its order', () => {
  const keyword = hits(['a', 9], ['b', 3]);
  expect(ids(keyword, null, trusting, -1)).toEqual(['a', 'b']);
  expect(ids([], keyword, trusting, -1)).toEqual(['a', 'b']);
  expect(ids(null, null, trusting, -1)).toEqual([]);
  expect(fuse(keyword, null, trusting, -1).vectorShare).toBe(0);
  expect(fuse(null, keyword, trusting, -1).vectorShare).toBe(1);
});

test('the leg whose best hit stands out more decides', () => {
  const flat = many('flat', 100, 0.5, 0.0001);
  const peak = [{ id: 'peak', score: 0.9 }, ...many('low', 99, 0.3, 0.0001)];
  expect(ids(many('word', 100, 5, 0.001), peak, trusting, -1)[0]).toBe('peak');
  expect(ids([{ id: 'peak', score: 20 }, ...many('word', 99, 5, 0.001)], flat, trusting, -1)[0]).toBe('peak');
});

test('a single passage with the word precedes passages that are only similar', () => {
  expect(ids(hits(['word', 4]), hits(['near', 0.6], ['nearer', 0.55], ['word', 0.1]), trusting, -1)[0]).toBe('word');
});

test('vectors that have nothing to do with the words lose their say after a few queries, and those that agree keep it', () => {
  const noise = new Trust();
  const model = new Trust();
  const keyword = many('k', 100, 10, 0.01);
  for (let query = 0; query < 100; query += 1) {
    fuse(keyword, many(`noise${query}-`, 100, 0.5, 0.001), { ...trusting, trust: noise.of }, -1);
    fuse(keyword, many('k', 100, 0.9, 0.001), { ...trusting, trust: model.of }, -1);
  }
  const strangers = many('n', 100, 0.9, 0.001);
  expect(fuse(keyword, strangers, { ...trusting, trust: noise.of }, -1).vectorShare).toBeLessThan(0.2);
  expect(fuse(keyword, strangers, { ...trusting, trust: model.of }, -1).vectorShare).toBeGreaterThan(0.6);
});

test('agreement is 1 for the same order, and nothing for strangers or for chance', () => {
  expect(agreement(many('a', 100, 9, 0.01), many('a', 100, 1, 0.001))).toBeGreaterThan(0.95);
  expect(agreement(many('a', 100, 9, 0.01), many('b', 100, 1, 0.001))).toBe(0);
  const [keywords, [best, ...others]] = [many('a', 100, 9, 0.01), many('a', 100, 1, 0.001)];
  expect(agreement(keywords, [...others, best as (typeof others)[number]])).toBeCloseTo(0.65, 1);
  const reversed = many('a', 50, 9, 0.01).toReversed();
  expect(agreement(many('a', 50, 9, 0.01), reversed)).toBe(0);
});

test('weights that are given are taken as they are, with the least that each score can be', () => {
  const keyword = hits(['a', 10], ['b', 5]);
  const vector = hits(['b', 0.8], ['a', -0.1]);
  const given = (vectorWeight: number, keywordWeight: number): Weighting => ({
    type: 'given',
    vector: vectorWeight,
    keyword: keywordWeight,
  });
  const { order, vectorShare } = fuse(keyword, vector, given(0.7, 0.3), -1);
  expect(vectorShare).toBeCloseTo(0.7);
  expect(order.map(({ id, score }) => [id, score.toFixed(3)])).toEqual([
    ['b', (0.3 * 0.5 + 0.7).toFixed(3)],
    ['a', (0.3 + 0.7 * (0.9 / 1.8)).toFixed(3)],
  ]);
  expect(ids(keyword, vector, given(0, 1), -1)).toEqual(['a', 'b']);
  expect(fuse(keyword, vector, given(0, 0), -1).vectorShare).toBe(0.5);
});

test('hits of vectors alone need a minimum cosine', () => {
  const vector = hits(['near', 0.6], ['both', 0.2], ['far', 0.2]);
  expect(ids(hits(['both', 3]), vector, trusting, 0.45).sort()).toEqual(['both', 'near']);
});
