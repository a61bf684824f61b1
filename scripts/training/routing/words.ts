import { BUCKETS, bucketsOf } from '../../../src/plugins/routing/features.ts';

const L2 = 3e-4;
const STEPS = 300;
const RATE = 0.05;

/** Logistic regression with L2 over the question's words, by full-batch Adam. Deterministic. */
export function fitWords(lines: readonly { readonly prompt: string; readonly isNeeded: boolean }[]): {
  readonly words: string;
  readonly scale: number;
  readonly bias: number;
} {
  const examples = lines.map(({ prompt, isNeeded }) => ({ buckets: [...bucketsOf(prompt)], need: isNeeded ? 1 : 0 }));
  const weights = new Float64Array(BUCKETS + 1);
  const first = new Float64Array(BUCKETS + 1);
  const second = new Float64Array(BUCKETS + 1);
  for (let step = 1; step <= STEPS; step += 1) {
    const gradient = new Float64Array(BUCKETS + 1);
    for (const { buckets, need } of examples) {
      const norm = 1 / Math.sqrt(buckets.length || 1);
      let sum = weights[BUCKETS] as number;
      for (const bucket of buckets) sum += (weights[bucket] as number) * norm;
      const error = (1 / (1 + Math.exp(-sum)) - need) / examples.length;
      for (const bucket of buckets) gradient[bucket] = (gradient[bucket] as number) + error * norm;
      gradient[BUCKETS] = (gradient[BUCKETS] as number) + error;
    }
    for (let index = 0; index <= BUCKETS; index += 1) {
      const slope = (gradient[index] as number) + (index < BUCKETS ? L2 * (weights[index] as number) : 0);
      first[index] = 0.9 * (first[index] as number) + 0.1 * slope;
      second[index] = 0.999 * (second[index] as number) + 0.001 * slope * slope;
      const move = (first[index] as number) / (1 - 0.9 ** step);
      weights[index] =
        (weights[index] as number) -
        (RATE * move) / (Math.sqrt((second[index] as number) / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  // Centred, so that uninformative words come to .5.
  const scores = examples.map(
    ({ buckets }) =>
      buckets.reduce((sum, bucket) => sum + (weights[bucket] as number), 0) / Math.sqrt(buckets.length || 1),
  );
  const bias = -scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const most = Math.max(...weights.subarray(0, BUCKETS).map(Math.abs));
  const scale = most / 127;
  const words = Int8Array.from(weights.subarray(0, BUCKETS), (weight) => Math.round(weight / scale));
  return { words: Buffer.from(words.buffer).toString('base64'), scale, bias };
}
