/**
 * `npm run bench:routing` (EVALUATION_DATA): how well complexity tells which questions need the strong model, on the odd lines of
 * RouteLLM's MMLU and GSM8K data, which training does not see. APGR: the mean share of the gap between the models that is recovered
 * when 5, 15, … 95 % of the questions go to the strong one (.5 by chance); CPT: the least share of strong calls that recovers 50 and
 * 80 %; and the share that keeps 95 % of the strong model's quality. Beside: sending the longest questions.
 */

import { jsonLines, scored } from '../scripts/train/lines.ts';
import { recovery } from '../scripts/training/routing/apgr.ts';
import { builtInEncoder } from '../src/adapters/encoder/index.ts';
import { ComplexityModel } from '../src/plugins/routing/complexity.ts';

interface Line {
  readonly benchmark: string;
  readonly prompt: string;
  readonly weak: number;
  readonly strong: number;
}

const data = process.env['EVALUATION_DATA'];
if (!data) {
  console.log('bench:routing needs EVALUATION_DATA, the folder of evaluation data: nothing was measured');
  process.exit(0);
}
const BATCH = 64;
const lines = scored(jsonLines<Line>(data, 'routing_routellm_en/dev.jsonl'));
const model = new ComplexityModel();
const encoder = builtInEncoder();
const vectors = new Map<string, Float32Array>();
for (let start = 0; start < lines.length; start += BATCH) {
  const prompts = lines.slice(start, start + BATCH).map(({ prompt }) => prompt);
  const made = await encoder.embed(prompts, new AbortController().signal, 'query');
  for (const [index, prompt] of prompts.entries()) vectors.set(prompt, made[index] as Float32Array);
}
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

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`.padStart(8);
}
