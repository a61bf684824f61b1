import { expect, test } from 'vitest';
import { seeded } from '../../../../test/support/random.ts';
import { type Bits, MOST_LISTED, NumberRows } from './number-rows.ts';

const random = seeded(23);
const unitVector = (dimensions: number): Float32Array => {
  const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);

test.each<[Bits, number, number]>([
  [16, 100, 1e-4],
  [16, 3, 1e-4],
  [8, 100, 0.004],
  [8, 1_536, 0.001],
])('with %i bits and %i dimensions cosines differ by at most %f', (bits, dimensions, most) => {
  const vectors = Array.from({ length: 200 }, () => unitVector(dimensions));
  const rows = new NumberRows(dimensions, bits);
  for (const vector of vectors) rows.push(vector);
  const query = unitVector(dimensions);
  const list = Uint32Array.from({ length: 100 }, (_, place) => 199 - place * 2);
  const cosines = new Float64Array(MOST_LISTED);
  rows.weigher(query)(list, cosines);
  for (const [place, row] of list.entries())
    expect(Math.abs((cosines[place] as number) - cosine(query, vectors[row] as Float32Array))).toBeLessThan(most);
});

test.each<[Bits]>([[8], [16]])(
  'with %i bits a zero vector is near to nothing, and one dimension may be a whole vector',
  (bits) => {
    const rows = new NumberRows(9, bits);
    rows.push(new Float32Array(9));
    rows.push(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, -1));
    const cosines = new Float64Array(2);
    rows.weigher(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1))(Uint32Array.of(0, 1), cosines);
    expect(cosines[0]).toBe(0);
    expect(cosines[1]).toBeCloseTo(-1, 6);
  },
);
