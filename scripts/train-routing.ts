/**
 * `npm run train:routing` (development; EVALUATION_DATA): learns which questions a strong model gets right where a light one does
 * not, from the even lines of RouteLLM's MMLU and GSM8K data, and writes src/plugins/routing/routing.json: weights of words (logistic
 * regression) and of the sentence vector (ridge regression). The penalty is the one with the best APGR in cross-validation over those
 * lines. Deterministic.
 */
import { writeFileSync } from 'node:fs';
import { builtInEncoder } from '../src/adapters/encoder/index.ts';
import { logLength } from '../src/plugins/routing/features.ts';
import { average, dot, fitRidge } from './train/fit-ridge.ts';
import { folderOf, jsonLines, learned } from './train/lines.ts';
import { recovery } from './training/routing/apgr.ts';
import { fitWords } from './training/routing/words.ts';

interface Line {
  readonly benchmark: string;
  readonly prompt: string;
  readonly weak: number;
  readonly strong: number;
}
interface Example extends Line {
  readonly vector: Float32Array;
}

const PENALTIES = [3, 10, 30, 60, 100];
const FOLDS = 5;
/** The weight of the length beside the vector, in standard deviations of the vector's part to an e-fold of length. */
const LENGTH_WEIGHT = 1;
const BATCH = 64;

const lines = learned(
  jsonLines<Line>(folderOf('EVALUATION_DATA', 'routing_routellm_en/dev.jsonl'), 'routing_routellm_en/dev.jsonl'),
);
const encoder = builtInEncoder();
const examples: Example[] = [];
for (let start = 0; start < lines.length; start += BATCH) {
  const batch = lines.slice(start, start + BATCH);
  const vectors = await encoder.embed(
    batch.map(({ prompt }) => prompt),
    new AbortController().signal,
    'query',
  );
  for (const [index, vector] of vectors.entries()) examples.push({ ...(batch[index] as Line), vector });
}
await encoder.stop();

const gain = ({ weak, strong }: Line) => strong - weak;
const trained = (chosen: readonly Example[], penalty: number) =>
  fitRidge(
    chosen.map(({ vector }) => vector),
    chosen.map(gain),
    penalty,
  );
const deviation = (values: readonly number[], mean = average(values, (value) => value)) =>
  Math.sqrt(average(values, (value) => (value - mean) ** 2));

/** The APGR of MMLU and GSM8K, each line scored by a model that has not seen it. */
function crossValidated(penalty: number): readonly number[] {
  const scores = new Map<Example, number>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const model = trained(
      examples.filter((_, index) => index % FOLDS !== fold),
      penalty,
    );
    const tested = examples.filter((_, index) => index % FOLDS === fold);
    const parts = tested.map(({ vector }) => dot(model.weights, vector) - model.offset);
    const spread = deviation(parts);
    for (const [index, example] of tested.entries())
      scores.set(example, (parts[index] as number) / spread + LENGTH_WEIGHT * logLength(example.prompt));
  }
  return ['mmlu', 'gsm8k'].map(
    (name) =>
      recovery(
        examples.filter(({ benchmark }) => benchmark === name),
        (line) => scores.get(line) ?? 0,
      ).apgr,
  );
}

let best = { penalty: 0, sum: 0 };
for (const penalty of PENALTIES) {
  const [mmlu = 0, gsm8k = 0] = crossValidated(penalty);
  console.log(`penalty ${penalty}: cross-validated APGR MMLU ${mmlu.toFixed(3)}, GSM8K ${gsm8k.toFixed(3)}`);
  if (mmlu + gsm8k > best.sum) best = { penalty, sum: mmlu + gsm8k };
}
const { weights, offset } = trained(examples, best.penalty);
const parts = examples.map(({ vector }) => dot(weights, vector) - offset);
const spread = deviation(parts, 0);
const scores = examples.map(
  ({ prompt }, index) => (parts[index] as number) / spread + LENGTH_WEIGHT * logLength(prompt),
);
const scale = Math.max(...weights.map(Math.abs)) / 127;
const vector = Int8Array.from(weights, (weight) => Math.round(weight / scale));
const rounded = (value: number) => Number(value.toPrecision(6));
const file = {
  ...fitWords(lines.map(({ prompt, weak, strong }) => ({ prompt, isNeeded: strong > weak }))),
  vector: Buffer.from(vector.buffer).toString('base64'),
  // So that the vector's part has mean 0 and deviation 1 over the examples, and so has the score of both.
  vectorScale: rounded(scale / spread),
  vectorOffset: rounded(offset / spread),
  lengthWeight: LENGTH_WEIGHT,
  scoreMean: rounded(average(scores, (value) => value)),
  scoreDeviation: rounded(deviation(scores)),
};
writeFileSync(new URL('../src/plugins/routing/routing.json', import.meta.url), `${JSON.stringify(file)}\n`);
console.log(`${examples.length} questions; penalty ${best.penalty}`);
