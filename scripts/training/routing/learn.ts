/** Learns the router's weights from questions that two models answered, and chooses penalty and length's weight by them alone. */
import type { RoutingWeights } from '../../../src/plugins/routing/complexity.ts';
import { logLength } from '../../../src/plugins/routing/features.ts';
import { average, dot, fitRidge } from '../../train/fit-ridge.ts';
import { recovery } from './apgr.ts';
import { fitWords } from './words.ts';

export interface Line {
  readonly benchmark: string;
  readonly prompt: string;
  readonly weak: number;
  readonly strong: number;
}
export interface Example extends Line {
  readonly vector: Float32Array;
}
export interface Choice {
  readonly penalty: number;
  /** Of the length beside the vector, in standard deviations of the vector's part to an e-fold of length. */
  readonly lengthWeight: number;
  /** APGR of MMLU and of GSM8K, each line scored by a model that has not seen it. */
  readonly apgr: readonly [mmlu: number, gsm8k: number];
}

const PENALTIES = [3, 10, 30, 60, 100];
/** What the weights that are shipped were learned with. */
const LENGTH_WEIGHT = 1;
const FOLDS = 5;

const gain = ({ weak, strong }: Line) => strong - weak;
const trained = (chosen: readonly Example[], penalty: number) =>
  fitRidge(
    chosen.map(({ vector }) => vector),
    chosen.map(gain),
    penalty,
  );
const deviation = (values: readonly number[], mean = average(values, (value) => value)) =>
  Math.sqrt(average(values, (value) => (value - mean) ** 2));

/** Every choice with what five-fold cross-validation over these examples says of it; the best one first. */
export function choices(examples: readonly Example[], lengthWeights: readonly number[] = [LENGTH_WEIGHT]): Choice[] {
  const found = PENALTIES.flatMap((penalty) => {
    const parts = outOfFold(examples, penalty);
    return lengthWeights.map((lengthWeight): Choice => {
      const score = (line: Example) => (parts.get(line) ?? 0) + lengthWeight * logLength(line.prompt);
      const of = (name: string) =>
        recovery(
          examples.filter(({ benchmark }) => benchmark === name),
          score,
        ).apgr;
      return { penalty, lengthWeight, apgr: [of('mmlu'), of('gsm8k')] };
    });
  });
  return found.toSorted((a, b) => b.apgr[0] + b.apgr[1] - a.apgr[0] - a.apgr[1]);
}

function outOfFold(examples: readonly Example[], penalty: number): ReadonlyMap<Example, number> {
  const scores = new Map<Example, number>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const model = trained(
      examples.filter((_, index) => index % FOLDS !== fold),
      penalty,
    );
    const tested = examples.filter((_, index) => index % FOLDS === fold);
    const parts = tested.map(({ vector }) => dot(model.weights, vector) - model.offset);
    const spread = deviation(parts);
    for (const [index, example] of tested.entries()) scores.set(example, (parts[index] as number) / spread);
  }
  return scores;
}

export function learn(
  examples: readonly Example[],
  { penalty, lengthWeight }: Pick<Choice, 'penalty' | 'lengthWeight'>,
): RoutingWeights {
  const { weights, offset } = trained(examples, penalty);
  const parts = examples.map(({ vector }) => dot(weights, vector) - offset);
  const spread = deviation(parts, 0);
  const scores = examples.map(
    ({ prompt }, index) => (parts[index] as number) / spread + lengthWeight * logLength(prompt),
  );
  const scale = Math.max(...weights.map(Math.abs)) / 127;
  const vector = Int8Array.from(weights, (weight) => Math.round(weight / scale));
  const rounded = (value: number) => Number(value.toPrecision(6));
  return {
    ...fitWords(examples.map(({ prompt, weak, strong }) => ({ prompt, isNeeded: strong > weak }))),
    vector: Buffer.from(vector.buffer).toString('base64'),
    // So that the vector's part has mean 0 and deviation 1 over the examples, and so has the score of both.
    vectorScale: rounded(scale / spread),
    vectorOffset: rounded(offset / spread),
    lengthWeight,
    scoreMean: rounded(average(scores, (value) => value)),
    scoreDeviation: rounded(deviation(scores)),
  };
}
