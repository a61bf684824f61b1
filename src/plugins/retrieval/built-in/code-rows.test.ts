import { expect, test } from 'vitest';
import { seeded } from '../../../../test/support/random.ts';
import { type CodeColumns, CodeRows, estimateError } from './code-rows.ts';
import { Rotation } from './rotation.ts';

const random = seeded(31);
const gauss = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
function unitVector(dimensions: number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, gauss);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);

/** The mean and the deviation of the estimates' errors. */
function errors(rows: CodeRows, vectors: readonly Float32Array[], query: Float32Array) {
  const estimates = new Float32Array(vectors.length);
  rows.estimator(query)(0, vectors.length, estimates);
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
  const before = new Float32Array(100);
  rows.estimator(query)(0, 100, before);
  const kept = Array.from({ length: 33 }, (_, place) => place * 3 + 1);
  rows.keep(Uint32Array.from(kept));
  rows.push(vectors[0] as Float32Array);
  expect(rows.size).toBe(34);
  const after = new Float32Array(34);
  rows.estimator(query)(0, 34, after);
  expect([...after]).toEqual([...kept, 0].map((row) => before[row]));
  const part = new Float32Array(34);
  rows.estimator(query)(17, 20, part);
  expect([...part]).toEqual(Array.from(after, (estimate, row) => (row >= 17 && row < 20 ? estimate : 0)));
});

test('rows taken from a file in another order are estimated as before', () => {
  const vectors = Array.from({ length: 100 }, () => unitVector(24));
  const rows = new CodeRows(24);
  for (const vector of vectors) rows.push(vector);
  const query = unitVector(24);
  const before = new Float32Array(100);
  rows.estimator(query)(0, 100, before);
  const { codes, scales } = rows.sources();
  const order = Uint32Array.from({ length: 50 }, (_, place) => 99 - place * 2);
  const taken = new CodeRows(24);
  taken.take({ codes: (codes as { read(): Uint8Array }).read().slice(), scales } as CodeColumns, order);
  const after = new Float32Array(50);
  taken.estimator(query)(0, 50, after);
  expect([...after]).toEqual([...order].map((row) => before[row]));
});
