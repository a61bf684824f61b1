import type { FeatureRows } from './feature-rows.ts';
import type { Features } from './features.ts';

/**
 * A linear classifier over sparse features: a score for each label is bias + Σ value · weight / 127 · scale of the feature.
 * Weights are int8 with a scale for each feature: a quarter of the memory, and predictions that differ in the third digit.
 */
export interface LinearModel {
  readonly labels: readonly string[];
  /** 'softmax': exactly one label holds. 'sigmoid': each label holds or not. */
  readonly loss: 'softmax' | 'sigmoid';
  /** Words are scaled to length 1 after weighting; 'none' divides by a constant, so that one strong word counts in a long text. */
  readonly scaling: 'unit' | 'none';
  /** Row of each hashed feature. */
  readonly rows: FeatureRows;
  /** Inverse document frequency of each row, to the power that training was given; 1 for figures. */
  readonly idf: Float32Array;
  readonly scales: Float32Array;
  /** rows × labels */
  readonly weights: Int8Array;
  readonly bias: Float32Array;
}

/** Divides words where `scaling` is 'none', so that learning rates suit both kinds. */
const CONSTANT_SCALE = 3;

/** Features as rows and values of one model; features that the training data lacked are left out. */
export interface Encoded {
  readonly rows: Int32Array;
  readonly values: Float32Array;
  /** 0..1: the share of lexical features that the model knows. Low where the text is unlike the training data. */
  readonly known: number;
}

export function encode(model: Pick<LinearModel, 'rows' | 'idf' | 'scaling'>, features: Features): Encoded {
  const rows = new Int32Array(features.ids.length);
  const values = new Float32Array(features.ids.length);
  let count = 0;
  let lexical = 0;
  let sum = 0;
  for (let at = 0; at < features.ids.length; at += 1) {
    const row = model.rows.get(features.ids[at] ?? 0);
    if (row === undefined) continue;
    const value = (features.values[at] ?? 0) * (model.idf[row] ?? 1);
    rows[count] = row;
    values[count] = value;
    count += 1;
    if (at >= features.lexical) continue;
    lexical += 1;
    sum += value * value;
  }
  const length = model.scaling === 'none' ? CONSTANT_SCALE : Math.sqrt(sum) || 1;
  for (let at = 0; at < lexical; at += 1) values[at] = (values[at] ?? 0) / length;
  return {
    rows: rows.subarray(0, count),
    values: values.subarray(0, count),
    known: lexical / Math.max(1, features.lexical),
  };
}

/** A score for each label: logits. */
export function logits(model: LinearModel, { rows, values }: Encoded): Float32Array {
  const labels = model.labels.length;
  const scores = Float32Array.from(model.bias);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    const weight = ((values[at] ?? 0) * (model.scales[row] ?? 0)) / 127;
    const start = row * labels;
    for (let label = 0; label < labels; label += 1)
      scores[label] = (scores[label] ?? 0) + weight * (model.weights[start + label] ?? 0);
  }
  return scores;
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/** Scores to probabilities that sum to 1, in place. */
export function softmax(scores: Float32Array): Float32Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > highest) highest = score;
  let sum = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const value = Math.exp((scores[at] ?? 0) - highest);
    scores[at] = value;
    sum += value;
  }
  for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) / sum;
  return scores;
}

/** Probabilities of the labels, and how much of the text the model knows. */
export function predict(
  model: LinearModel,
  features: Features,
): { readonly probabilities: Float32Array; readonly known: number } {
  const encoded = encode(model, features);
  const scores = logits(model, encoded);
  return { probabilities: model.loss === 'softmax' ? softmax(scores) : scores.map(sigmoid), known: encoded.known };
}

export function indexOfHighest(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at += 1) if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
  return best;
}
