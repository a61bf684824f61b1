/** Ridge regression of labels on vectors, in closed form: exact, and the same each time. */
import type { Features } from './features.ts';
import type { LinearModel } from './linear-model.ts';

/** Labelled vectors, all of the same length; `answers` are places in the list of labels. */
export interface LabelledVectors {
  readonly labels: readonly string[];
  readonly vectors: readonly Float32Array[];
  readonly answers: readonly number[];
}
export interface RidgeOptions {
  /** Added to the diagonal of the vectors' scatter matrix. */
  readonly penalty: number;
  /** Scores are multiplied by it before they become probabilities. */
  readonly sharpness: number;
}

/** A linear model over the dimensions of a vector, as `vectorFeatures` gives them. */
export function ridge(
  { labels, vectors, answers }: LabelledVectors,
  { penalty, sharpness }: RidgeOptions,
): LinearModel {
  const dimensions = vectors[0]?.length ?? 0;
  const mean = meanOf(vectors, dimensions);
  const centred = vectors.map((vector) => Float64Array.from(vector, (value, at) => value - (mean[at] as number)));
  const factor = cholesky(scatterOf(centred, dimensions, penalty), dimensions);
  const sums = labels.map(() => new Float64Array(dimensions));
  const counts = labels.map(() => 0);
  for (const [place, vector] of centred.entries()) {
    const answer = answers[place] as number;
    counts[answer] = (counts[answer] as number) + 1;
    addTo(sums[answer] as Float64Array, vector);
  }
  const weights = sums.map((sum) => solved(factor, sum, dimensions).map((weight) => weight * sharpness));
  const bias = weights.map(
    (own, label) => (sharpness * (counts[label] as number)) / Math.max(1, vectors.length) - product(own, mean),
  );
  return quantized(labels, weights, Float32Array.from(bias), dimensions);
}

/** A vector as features: its dimensions, as they are. */
export const vectorFeatures = (vector: Float32Array): Features => ({
  ids: Uint32Array.from(vector.keys()),
  values: vector,
  lexical: 0,
});

function meanOf(vectors: readonly Float32Array[], dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (const vector of vectors) addTo(mean, vector);
  return mean.map((value) => value / Math.max(1, vectors.length));
}

function addTo(sum: Float64Array, vector: Float32Array | Float64Array): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] as number) + (vector[at] as number);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

/** Σ x·xᵀ with the penalty on the diagonal; the lower half, row by row. */
function scatterOf(vectors: readonly Float64Array[], dimensions: number, penalty: number): Float64Array[] {
  const rows = Array.from({ length: dimensions }, (_, row) => new Float64Array(row + 1));
  for (const vector of vectors)
    for (const [at, row] of rows.entries()) {
      const value = vector[at] as number;
      for (let other = 0; other <= at; other += 1)
        row[other] = (row[other] as number) + value * (vector[other] as number);
    }
  for (const [at, row] of rows.entries()) row[at] = (row[at] as number) + penalty;
  return rows;
}

/** The lower triangular factor L of a positive definite matrix, L·Lᵀ; in place. */
function cholesky(rows: Float64Array[], dimensions: number): Float64Array[] {
  for (let at = 0; at < dimensions; at += 1) {
    const row = rows[at] as Float64Array;
    for (let other = 0; other <= at; other += 1) {
      const above = rows[other] as Float64Array;
      let value = row[other] as number;
      for (let index = 0; index < other; index += 1) value -= (row[index] as number) * (above[index] as number);
      row[other] = other === at ? Math.sqrt(value) : value / (above[other] as number);
    }
  }
  return rows;
}

/** x with L·Lᵀ·x = b. */
function solved(factor: readonly Float64Array[], b: Float64Array, dimensions: number): Float64Array {
  const x = Float64Array.from(b);
  for (let at = 0; at < dimensions; at += 1) {
    const row = factor[at] as Float64Array;
    for (let index = 0; index < at; index += 1)
      x[at] = (x[at] as number) - (row[index] as number) * (x[index] as number);
    x[at] = (x[at] as number) / (row[at] as number);
  }
  for (let at = dimensions - 1; at >= 0; at -= 1) {
    const row = factor[at] as Float64Array;
    x[at] = (x[at] as number) / (row[at] as number);
    for (let index = 0; index < at; index += 1)
      x[index] = (x[index] as number) - (row[index] as number) * (x[at] as number);
  }
  return x;
}

/** Weights as int8 with a scale for each dimension. */
function quantized(
  labels: readonly string[],
  weights: readonly Float64Array[],
  bias: Float32Array,
  dimensions: number,
): LinearModel {
  const scales = new Float32Array(dimensions);
  const small = new Int8Array(dimensions * labels.length);
  for (let at = 0; at < dimensions; at += 1) {
    const scale = Math.max(Number.MIN_VALUE, ...weights.map((own) => Math.abs(own[at] as number)));
    scales[at] = scale;
    for (const [label, own] of weights.entries())
      small[at * labels.length + label] = Math.round(((own[at] as number) / scale) * 127);
  }
  return {
    labels,
    loss: 'softmax',
    scaling: 'none',
    rows: new Map(Array.from({ length: dimensions }, (_, at) => [at, at])),
    idf: new Float32Array(dimensions).fill(1),
    scales,
    weights: small,
    bias,
  };
}
