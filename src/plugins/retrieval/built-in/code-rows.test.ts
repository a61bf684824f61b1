import { expect, test } from 'vitest';
import { seeded } from '../../../../test/support/random.ts';
import { throughFile } from '../../../../test/support/through-file.ts';
import { CodeRows, estimateError } from './code-rows.ts';
import { columnsOf } from './columns-of.ts';
import { Rotation } from './rotation.ts';

const random = seeded(31);
const gauss = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
function unitVector(dimensions: number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, gauss);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);

/** The estimates of the rows from `start` to before `end`, each at its row's place; 0 elsewhere. */
function estimated(rows: CodeRows, query: Float32Array, start = 0, end = rows.size): number[] {
  const estimates = new Array<number>(rows.size).fill(0);
  rows.scan(query)(
    start,
    end,
    () => Number.NEGATIVE_INFINITY,
    (row, estimate) => {
      estimates[row] = estimate;
    },
  );
  return estimates;
}

/** The mean and the deviation of the estimates' errors. */
function errors(rows: CodeRows, vectors: readonly Float32Array[], query: Float32Array) {
  const estimates = estimated(rows, query);
  const off = vectors.map((vector, row) => (estimates[row] as number) - cosine(vector, query));
  const mean = off.reduce((sum, one) => sum + one, 0) / off.length;
  return { mean, deviation: Math.sqrt(off.reduce((sum, one) => sum + one ** 2, 0) / off.length) };
}

test.each([100, 384, 1_536, 8_192])('estimates in %i dimensions are off by what is promised', (dimensions) => {
  const vectors = Array.from({ length: 300 }, () => unitVector(dimensions));
  const rows = new CodeRows(dimensions);
  for (const vector of vectors) rows.push(vector);
  const { mean, deviation } = errors(rows, vectors, unitVector(dimensions));
  const promised = estimateError(dimensions);
  expect(Math.abs(mean)).toBeLessThan(promised / 3);
  expect(deviation).toBeGreaterThan(promised * 0.8);
  expect(deviation).toBeLessThan(promised * 1.25);
});

test('vectors of a few dimensions only are estimated as well once they are turned', () => {
  const rotation = new Rotation(384);
  const sparse = Array.from({ length: 300 }, (_, row) => {
    const vector = new Float32Array(384);
    vector[row] = 0.8;
    vector[(row * 7) % 384] = (vector[(row * 7) % 384] as number) === 0 ? 0.6 : 1;
    return vector;
  });
  const vectors = sparse.map((vector) => rotation.turned(vector));
  const query = sparse[5] as Float32Array;
  for (const [row, vector] of vectors.entries())
    expect(cosine(vector, rotation.turned(query))).toBeCloseTo(cosine(sparse[row] as Float32Array, query), 5);
  const rows = new CodeRows(384);
  for (const vector of vectors) rows.push(vector);
  expect(errors(rows, vectors, rotation.turned(query)).deviation).toBeLessThan(estimateError(384) * 1.3);
});

test('rows that are kept are estimated as before, and so is what comes after them', () => {
  const vectors = Array.from({ length: 100 }, () => unitVector(64));
  const rows = new CodeRows(64);
  for (const vector of vectors) rows.push(vector);
  const query = unitVector(64);
  const before = estimated(rows, query);
  const kept = Array.from({ length: 33 }, (_, place) => place * 3 + 1);
  rows.keep(Uint32Array.from(kept));
  rows.push(vectors[0] as Float32Array);
  expect(rows.size).toBe(34);
  const after = estimated(rows, query);
  expect(after).toEqual([...kept, 0].map((row) => before[row]));
  const part = estimated(rows, query, 17, 20);
  expect(part).toEqual(after.map((estimate, row) => (row >= 17 && row < 20 ? estimate : 0)));
});

test('rows that go through a file in another order are estimated as before', async () => {
  const vectors = Array.from({ length: 100 }, () => unitVector(24));
  const rows = new CodeRows(24);
  for (const vector of vectors) rows.push(vector);
  const query = unitVector(24);
  const before = estimated(rows, query);
  const order = Uint32Array.from({ length: 50 }, (_, place) => 99 - place * 2);
  const taken = new CodeRows(
    24,
    columnsOf(await throughFile(rows.sources(order)), { codes: 'bytes', scales: 'floats' }),
  );
  const after = estimated(taken, query);
  expect(after).toEqual([...order].map((row) => before[row]));
});

test('a scan of many rows finds those above the bound at that time', () => {
  const vectors = Array.from({ length: 5_000 }, () => unitVector(16));
  const rows = new CodeRows(16);
  for (const vector of vectors) rows.push(vector);
  const query = unitVector(16);
  const all = estimated(rows, query);
  const found: number[] = [];
  let least = 0.2;
  rows.scan(query)(
    100,
    4_900,
    () => least,
    (row, estimate) => {
      expect(estimate).toBe(all[row]);
      found.push(row);
      if (row > 3_000) least = 0.5;
    },
  );
  const near = (from: number, to: number, atLeast: number) =>
    [...all.keys()].filter((row) => row >= from && row < to && (all[row] as number) >= atLeast);
  expect(found.filter((row) => row <= 3_000)).toEqual(near(100, 3_001, 0.2));
  // The scan asks for the bound again within 2,048 rows.
  expect(found.filter((row) => row > 3_000 + 2_048)).toEqual(near(3_001 + 2_048, 4_900, 0.5));
});
