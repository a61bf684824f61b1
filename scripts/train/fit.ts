import type { LogisticModel } from '../../src/plugins/quality/logistic.ts';

export interface Example {
  readonly features: readonly number[];
  /** 0..1: a class, or the share of people who agree. */
  readonly label: number;
  readonly weight: number;
}

export interface FitOptions {
  readonly features: readonly string[];
  /** The required sign of each feature's weight; absent: any. It keeps a small set from reversing known effects. */
  readonly signs?: Readonly<Record<string, 1 | -1>>;
  /** Features whose weight stays zero. */
  readonly without?: readonly string[];
  /** The strength of the penalty on squared weights, per unit of weight. */
  readonly penalty: number;
  readonly steps?: number;
}

/** Digits that are kept of a number in the trained file. */
const PRECISION = 5;
/** Adam (Kingma and Ba 2015), over all examples at each step: nothing in it is random. */
const RATE = 0.02;
const DECAY = { mean: 0.9, square: 0.999 };

/** Fits a logistic regression over standardised features. The same examples give the same model. */
export function fitLogistic(examples: readonly Example[], options: FitOptions): LogisticModel {
  const { features, signs = {}, without = [], penalty, steps = 800 } = options;
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const average = (value: (example: Example) => number) =>
    examples.reduce((sum, example) => sum + example.weight * value(example), 0) / total;
  const mean = features.map((_, index) => rounded(average((example) => example.features[index] as number)));
  const scale = features.map(
    (_, index) =>
      rounded(Math.sqrt(average((example) => ((example.features[index] as number) - (mean[index] as number)) ** 2))) ||
      1,
  );
  const rows = examples.map((example) =>
    example.features.map((value, index) => (value - (mean[index] as number)) / (scale[index] as number)),
  );
  const sign = features.map((name) => signs[name] ?? 0);
  const weights = new Float64Array(features.length + 1);
  const means = new Float64Array(weights.length);
  const squares = new Float64Array(weights.length);
  for (let step = 1; step <= steps; step += 1) {
    const slope = slopes(rows, examples, weights, total);
    for (let index = 0; index < weights.length; index += 1) {
      const isBias = index === features.length;
      const gradient = (slope[index] as number) + (isBias ? 0 : penalty * (weights[index] as number));
      means[index] = DECAY.mean * (means[index] as number) + (1 - DECAY.mean) * gradient;
      squares[index] = DECAY.square * (squares[index] as number) + (1 - DECAY.square) * gradient * gradient;
      const first = (means[index] as number) / (1 - DECAY.mean ** step);
      const second = (squares[index] as number) / (1 - DECAY.square ** step);
      const moved = (weights[index] as number) - (RATE * first) / (Math.sqrt(second) + 1e-8);
      const isHeld = !isBias && (moved * (sign[index] as number) < 0 || without.includes(features[index] as string));
      weights[index] = isHeld ? 0 : moved;
    }
  }
  return {
    features,
    mean,
    scale,
    weights: [...weights.subarray(0, features.length)].map(rounded),
    bias: rounded(weights[features.length] as number),
  };
}

function slopes(
  rows: readonly (readonly number[])[],
  examples: readonly Example[],
  weights: Float64Array,
  total: number,
): Float64Array {
  const slope = new Float64Array(weights.length);
  const bias = weights.length - 1;
  for (const [place, row] of rows.entries()) {
    let sum = weights[bias] as number;
    for (let index = 0; index < bias; index += 1) sum += (weights[index] as number) * (row[index] as number);
    const { label, weight } = examples[place] as Example;
    const error = ((1 / (1 + Math.exp(-sum)) - label) * weight) / total;
    for (let index = 0; index < bias; index += 1)
      slope[index] = (slope[index] as number) + error * (row[index] as number);
    slope[bias] = (slope[bias] as number) + error;
  }
  return slope;
}

const rounded = (value: number): number => Number(value.toPrecision(PRECISION));
