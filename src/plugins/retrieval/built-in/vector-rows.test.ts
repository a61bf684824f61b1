import { expect, test } from 'vitest';
import { seeded } from '../../../../test/support/random.ts';
import { throughFile } from '../../../../test/support/through-file.ts';
import { columnsOf } from './columns-of.ts';
import { Runs } from './runs.ts';
import { ROWS_COLUMNS, VectorRows } from './vector-rows.ts';

const random = seeded(11);
/** Box and Muller's method. */
const gauss = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
const unitVector = (dimensions: number): Float32Array => {
  const vector = Float32Array.from({ length: dimensions }, gauss);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
const runsOf = (entries: Iterable<number>): Runs => {
  const runs = new Runs();
  for (const entry of entries) runs.add(entry);
  return runs;
};
const all = (rows: VectorRows): Runs => runsOf(Array.from({ length: rows.size }, (_, entry) => entry));

/** The result of comparing every vector in full. */
const exactly = (query: Float32Array, entries: readonly (readonly Float32Array[])[], count: number) =>
  entries
    .map((vectors, entry) => ({ entry, cosine: Math.max(-1, ...vectors.map((vector) => cosine(query, vector))) }))
    .filter(({ entry }) => (entries[entry]?.length ?? 0) > 0)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count);

test.each([1, 16, 100, 384])(
  'a search over vectors of %i dimensions finds the nearest, with exact cosines',
  (dimensions) => {
    const entries = Array.from({ length: 3_000 }, () => [unitVector(dimensions)]);
    const rows = new VectorRows(dimensions, 16);
    for (const vectors of entries) rows.add(vectors);
    for (let round = 0; round < 10; round += 1) {
      const query = unitVector(dimensions);
      const found = rows.nearest(query, 10, all(rows));
      const truth = exactly(query, entries, 10);
      for (const [place, { cosine: expected }] of truth.entries())
        expect(found[place]?.cosine).toBeCloseTo(expected, 3);
      if (dimensions >= 100)
        expect(found.filter(({ entry }) => truth.some((one) => one.entry === entry)).length).toBeGreaterThanOrEqual(9);
    }
  },
);

test('a search for many finds the first twenty, and nearly all others', () => {
  const entries = Array.from({ length: 10_000 }, () => [unitVector(384)]);
  const rows = new VectorRows(384, 16);
  for (const vectors of entries) rows.add(vectors);
  const [first, others] = [0, 1].map(() => [] as boolean[]) as [boolean[], boolean[]];
  for (let round = 0; round < 10; round += 1) {
    const query = unitVector(384);
    const found = new Set(rows.nearest(query, 100, all(rows)).map(({ entry }) => entry));
    for (const [place, { entry }] of exactly(query, entries, 100).entries())
      (place < 20 ? first : others).push(found.has(entry));
  }
  const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;
  expect(share(first)).toBeGreaterThan(0.99);
  expect(share(others)).toBeGreaterThan(0.95);
});

test('an entry of several vectors counts by its nearest, once; one without vectors is not found', () => {
  const dimensions = 32;
  const entries = Array.from({ length: 500 }, (_, entry) =>
    Array.from({ length: entry % 4 }, () => unitVector(dimensions)),
  );
  const rows = new VectorRows(dimensions, 16);
  for (const vectors of entries) rows.add(vectors);
  const query = unitVector(dimensions);
  const found = rows.nearest(query, 500, all(rows));
  expect(found).toHaveLength(375);
  expect(new Set(found.map(({ entry }) => entry)).size).toBe(375);
  expect(found.map(({ entry }) => entry).slice(0, 20)).toEqual(exactly(query, entries, 20).map(({ entry }) => entry));
});

test('excluded entries take no place of others', () => {
  const rows = new VectorRows(8, 16);
  const query = unitVector(8);
  for (let entry = 0; entry < 400; entry += 1) rows.add([entry === 399 ? unitVector(8) : query]);
  expect(rows.nearest(query, 5, runsOf([399])).map(({ entry }) => entry)).toEqual([399]);
});

test('a kept entry has its new number, and so do later ones', () => {
  const vectors = Array.from({ length: 300 }, () => unitVector(24));
  const rows = new VectorRows(24, 16);
  for (const vector of vectors) rows.add([vector]);
  rows.keep(Array.from({ length: 100 }, (_, place) => place * 3));
  expect(rows.size).toBe(100);
  const nearest = (vector: Float32Array | undefined) => rows.nearest(vector as Float32Array, 1, all(rows))[0];
  expect(nearest(vectors[30])).toEqual({ entry: 10, cosine: expect.closeTo(1, 3) });
  const late = unitVector(24);
  rows.add([late]);
  expect(nearest(late)).toEqual({ entry: 100, cosine: expect.closeTo(1, 3) });
});

test.each([8, 16] as const)(
  'entries of %i bits that go through a file in another order, and fewer, are found under their new numbers',
  async (bits) => {
    const dimensions = 40;
    const entries = Array.from({ length: 1_500 }, (_, entry) =>
      Array.from({ length: entry % 3 }, () => unitVector(dimensions)),
    );
    const rows = new VectorRows(dimensions, bits);
    for (const vectors of entries) rows.add(vectors);
    // Every seventh is left out, and those in between lie by what is left of a division by five.
    const order = Array.from(entries.keys())
      .filter((entry) => entry % 7 !== 0)
      .sort((one, other) => (one % 5) - (other % 5) || one - other);
    const taken = new VectorRows(
      dimensions,
      bits,
      columnsOf(await throughFile(rows.sources(order), () => rows.add([unitVector(dimensions)])), ROWS_COLUMNS),
    );
    expect(taken.size).toBe(order.length);
    for (let round = 0; round < 5; round += 1) {
      const query = unitVector(dimensions);
      const found = taken.nearest(query, 20, all(taken));
      const kept = order.map((entry) => entries[entry] as Float32Array[]);
      const expected = exactly(query, kept, 20);
      expect(found).toHaveLength(20);
      for (const [place, { entry, cosine: near }] of found.entries()) {
        expect(near).toBeCloseTo(expected[place]?.cosine as number, 2);
        expect(near).toBeCloseTo(Math.max(...(kept[entry] ?? []).map((vector) => cosine(query, vector))), 2);
      }
    }
  },
);

test('a vector of other dimensions is refused, and nothing is kept of it', () => {
  const rows = new VectorRows(8, 16);
  expect(() => rows.add([unitVector(8), unitVector(9)])).toThrow(RangeError);
  expect(rows.size).toBe(0);
  expect(() => rows.nearest(unitVector(7), 1, all(rows))).toThrow(RangeError);
  expect(rows.nearest(unitVector(8), 1, all(rows))).toEqual([]);
  expect(() => new VectorRows(100_000, 16)).toThrow(RangeError);
});
