import { expect, test } from 'vitest';
import { analyse, readingOf } from '../analysis/passage-analysis.ts';
import { queryTerms } from '../analysis/query-terms.ts';
import { leastShareOf, priorOf, uncoveredBy } from './uncovered.ts';

const passages = new Map(
  ['A zebra has black stripes.', 'A lion has a mane.'].map((text, place) => [
    String(place),
    readingOf(text, analyse({ documentTitle: 'Animals', heading: null, text })),
  ]),
);
const read = (id: string) => passages.get(id);
const hits = (...ids: string[]) => ids.map((id) => ({ id, score: 1 }));
const of = (query: string, ...ids: string[]) =>
  uncoveredBy(
    hits(...ids),
    queryTerms(query, () => 1),
    read,
  );

test('the best hits cover the part of the question in the one with most of it', () => {
  expect(of('zebra stripes', '0')).toBe(0);
  expect(of('zebra stripes', '1', '0')).toBe(0);
  expect(of('zebra giraffe', '0')).toBe(0.5);
  expect(of('zebra giraffe', '1')).toBe(1);
  expect(of('animals', '1')).toBe(0);
});

test('without hits, without words, and of passages that are gone nothing is covered', () => {
  expect(of('zebra')).toBe(1);
  expect(of('', '0')).toBe(1);
  expect(of('zebra', 'gone')).toBe(1);
});

test('vectors weigh more the more is uncovered, nothing where all is covered, and decide where nothing is', () => {
  const shares = Array.from({ length: 11 }, (_, tenth) => tenth / 10);
  const priors = [true, false].map((cjk) => (uncovered: number) => priorOf(uncovered, cjk));
  for (const weight of [...priors, leastShareOf]) {
    expect([weight(0), weight(1)]).toEqual([0, 1]);
    const weights = shares.map(weight);
    expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  }
});
