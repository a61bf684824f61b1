/**
 * `npm run bench:routing` (EVALUATION_DATA): how well complexity tells which questions need the strong model, on the odd lines of
 * RouteLLM's MMLU and GSM8K data, which training does not see. APGR: the mean share of the gap between the models that is recovered
 * when 5, 15, … 95 % of the questions go to the strong one (.5 by chance); CPT: the least share of strong calls that recovers 50 and
 * 80 %; and the share that keeps 95 % of the strong model's quality. Beside: sending the longest questions.
 */

import { jsonLines, learned, scored } from '../scripts/train/lines.ts';
import { recovery } from '../scripts/training/routing/apgr.ts';
import { choices, type Example, type Line, learn } from '../scripts/training/routing/learn.ts';
import { withVectors } from '../scripts/training/routing/vectors.ts';
import { builtInEncoder } from '../src/adapters/encoder/index.ts';
import { ComplexityModel } from '../src/plugins/routing/complexity.ts';

const data = process.env['EVALUATION_DATA'];
if (!data) {
  console.log('bench:routing needs EVALUATION_DATA, the folder of evaluation data: nothing was measured');
  process.exit(0);
}
const all = jsonLines<Line>(data, 'routing_routellm_en/dev.jsonl');
const lines = await withVectors(scored(all));
const model = new ComplexityModel();
const vectors = new Map(lines.map(({ prompt, vector }) => [prompt, vector]));
const vectorOf = (prompt: string) => vectors.get(prompt) ?? null;

console.log('benchmark    questions  by                     APGR   CPT 50 %  CPT 80 %  95 % of strong');
for (const benchmark of ['mmlu', 'gsm8k']) {
  const some = lines.filter((line) => line.benchmark === benchmark);
  for (const [name, score] of [
    ['complexity', ({ prompt }: Line) => model.ofQuestion(prompt, vectorOf(prompt)).value],
    ['without the encoder', ({ prompt }: Line) => model.ofQuestion(prompt).value],
    ['words alone', ({ prompt }: Line) => model.probability(prompt)],
    ['length alone', ({ prompt }: Line) => prompt.length],
  ] as const) {
    const { apgr, recovered, kept } = recovery(some, score);
    const least = (holds: (share: number) => boolean) =>
      Array.from({ length: 101 }, (_, index) => index / 100).find(holds) ?? 1;
    console.log(
      `${benchmark.padEnd(12)} ${String(some.length).padStart(9)}  ${name.padEnd(19)}  ${apgr.toFixed(3)}  ${percent(least((share) => recovered(share) >= 0.5))}  ${percent(least((share) => recovered(share) >= 0.8))}  ${percent(least((share) => kept(share) >= 0.95))}`,
    );
  }
}
const started = performance.now();
for (const { prompt } of lines) model.ofQuestion(prompt, vectorOf(prompt));
console.log(
  `a decision takes ${(((performance.now() - started) / lines.length) * 1000).toFixed(0)} us, with the vector at hand`,
);
const encoder = builtInEncoder();
const times: number[] = [];
for (const { prompt } of lines.slice(0, 200)) {
  const begun = performance.now();
  await encoder.embed([`${prompt} `], new AbortController().signal, 'query');
  times.push(performance.now() - begun);
}
console.log(
  `the vector of one question takes ${((times.sort((a, b) => a - b)[100] ?? 0) * 1000).toFixed(0)} us, median`,
);
console.log('target: MMLU .64, GSM8K .62 on other lines; published for length alone: .60 to .61');
await encoder.stop();
await crossValidated();

/** What is learned and chosen on one half, measured on the other, both ways: of the method, not of the weights that are shipped. */
async function crossValidated(): Promise<void> {
  const halves = [await withVectors(learned(all)), lines] as const;
  const measured = ([0, 1] as const).map((half) => {
    const [seen, other] = [halves[half], halves[1 - half] as readonly Example[]];
    const [best] = choices(seen, [0.5, 1, 2]);
    if (!best) return [];
    const learnedThere = new ComplexityModel(learn(seen, best));
    return ['mmlu', 'gsm8k'].map((name) => {
      const some = other.filter(({ benchmark }) => benchmark === name);
      const { apgr } = recovery(some, ({ prompt, vector }) => learnedThere.ofQuestion(prompt, vector).value);
      console.log(
        `learned and chosen on the ${half === 0 ? 'even' : 'odd'} lines (penalty ${best.penalty}, length ${best.lengthWeight}), measured on the others: ${name} APGR ${apgr.toFixed(3)} of ${some.length}`,
      );
      return apgr;
    });
  });
  const mean = (place: number) => measured.reduce((sum, some) => sum + (some[place] ?? 0), 0) / measured.length;
  console.log(`cross-validated over both halves: MMLU ${mean(0).toFixed(3)}, GSM8K ${mean(1).toFixed(3)}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`.padStart(8);
}
