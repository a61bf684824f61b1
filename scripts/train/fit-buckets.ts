import type { Ngrams } from '../../src/plugins/quality/safety/ngrams.ts';
import { seeded } from '../../test/support/random.ts';
import { fitLogistic } from './fit.ts';

export interface Labelled {
  readonly ngrams: Ngrams;
  readonly label: 0 | 1;
  readonly weight: number;
}

/** AdaGrad (Duchi et al. 2011) over the texts in a shuffled order that is the same each time. */
const EPOCHS = 10;
const RATE = 0.3;
const PENALTY = 1e-6;
const SEED = 1;

/**
 * Fits a logistic regression over hashed n-grams. With `scaling`, a bucket counts by how much it tells of the classes, the ratio of
 * its smoothed frequencies in them (Wang and Manning 2012): it helps where texts are few. The scale is part of the weights returned.
 */
export function fitBuckets(
  lines: readonly Labelled[],
  buckets: number,
  { scaling }: { readonly scaling: boolean },
): { readonly weights: Float64Array; readonly bias: number } {
  const scale = scaling ? ratios(lines, buckets) : new Float64Array(buckets).fill(1);
  const weights = new Float64Array(buckets);
  const squares = new Float64Array(buckets).fill(1e-8);
  let bias = 0;
  let biasSquares = 1e-8;
  const random = seeded(SEED);
  const order = [...lines.keys()];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    shuffle(order, random);
    for (const place of order) {
      const { ngrams, label, weight } = lines[place] as Labelled;
      const { buckets: own, values } = ngrams;
      let sum = bias;
      for (let index = 0; index < own.length; index += 1) {
        const bucket = own[index] as number;
        sum += (weights[bucket] as number) * (scale[bucket] as number) * (values[index] as number);
      }
      const error = (1 / (1 + Math.exp(-sum)) - label) * weight;
      for (let index = 0; index < own.length; index += 1) {
        const bucket = own[index] as number;
        const slope =
          error * (scale[bucket] as number) * (values[index] as number) + PENALTY * (weights[bucket] as number);
        squares[bucket] = (squares[bucket] as number) + slope * slope;
        weights[bucket] = (weights[bucket] as number) - (RATE * slope) / Math.sqrt(squares[bucket] as number);
      }
      biasSquares += error * error;
      bias -= (0.1 * RATE * error) / Math.sqrt(biasSquares);
    }
  }
  return { weights: weights.map((weight, bucket) => weight * (scale[bucket] as number)), bias };
}

function ratios(lines: readonly Labelled[], buckets: number): Float64Array {
  const counts = [new Float64Array(buckets).fill(1), new Float64Array(buckets).fill(1)] as const;
  const totals = [2, 2];
  for (const { ngrams, label, weight } of lines) {
    totals[label] = (totals[label] as number) + weight;
    for (const bucket of ngrams.buckets) counts[label][bucket] = (counts[label][bucket] as number) + weight;
  }
  const share = (label: 0 | 1, bucket: number) => (counts[label][bucket] as number) / (totals[label] as number);
  return Float64Array.from({ length: buckets }, (_, bucket) => Math.abs(Math.log(share(1, bucket) / share(0, bucket))));
}

function shuffle(order: number[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
}

/** The slope and offset that turn scores into probabilities (Platt 1999). */
export function fitPlatt(
  scores: readonly number[],
  lines: readonly Labelled[],
): { readonly slope: number; readonly offset: number } {
  const { mean, scale, weights, bias } = fitLogistic(
    lines.map(({ label, weight }, index) => ({ features: [scores[index] as number], label, weight })),
    { features: ['score'], penalty: 1e-6 },
  );
  const slope = (weights[0] as number) / (scale[0] as number);
  return { slope, offset: bias - slope * (mean[0] as number) };
}
