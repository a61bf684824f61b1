/**
 * `npm run bench:routing` (EVALUATION_DATA): how well complexity tells which questions need the strong model, on the odd lines of
 * RouteLLM's MMLU and GSM8K data. APGR: the mean share of the gap between the models that is recovered when 5, 15, … 95 % of the
 * questions go to the strong one (.5 by chance); CPT: the least share of strong calls that recovers 50 and 80 %; and what share keeps
 * 95 % of the strong model's quality. Beside: sending the longest questions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
const lines = readFileSync(join(data, 'routing_routellm_en', 'dev.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line, index) => (index % 2 === 1 ? [JSON.parse(line) as Line] : []));
const model = new ComplexityModel();

console.log('benchmark    questions  by            APGR   CPT 50 %  CPT 80 %  95 % of strong');
for (const benchmark of ['mmlu', 'gsm8k']) {
  const some = lines.filter((line) => line.benchmark === benchmark);
  for (const [name, score] of [
    ['complexity', ({ prompt }: Line) => model.ofQuestion(prompt).value],
    ['words alone', ({ prompt }: Line) => model.probability(prompt)],
    ['length alone', ({ prompt }: Line) => prompt.length],
  ] as const) {
    const sorted = some.map((line) => ({ ...line, score: score(line) })).sort((a, b) => b.score - a.score);
    const { recovered, kept } = curve(sorted);
    const apgr = Array.from({ length: 10 }, (_, index) => recovered(0.05 + index / 10)).reduce((a, b) => a + b, 0) / 10;
    const least = (holds: (share: number) => boolean) =>
      Array.from({ length: 101 }, (_, index) => index / 100).find(holds) ?? 1;
    console.log(
      `${benchmark.padEnd(12)} ${String(some.length).padStart(9)}  ${name.padEnd(12)}  ${apgr.toFixed(3)}  ${percent(least((share) => recovered(share) >= 0.5))}  ${percent(least((share) => recovered(share) >= 0.8))}  ${percent(least((share) => kept(share) >= 0.95))}`,
    );
  }
}
const started = performance.now();
for (const { prompt } of lines) model.ofQuestion(prompt);
console.log(`a decision takes ${(((performance.now() - started) / lines.length) * 1000).toFixed(0)} us`);
console.log('aim: MMLU .64, GSM8K .62 on other lines; published for length alone .60 to .61');

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`.padStart(8);
}

function curve(sorted: readonly Line[]) {
  const weak = sorted.reduce((sum, line) => sum + line.weak, 0);
  const strong = sorted.reduce((sum, line) => sum + line.strong, 0);
  const reached = (share: number) =>
    sorted.slice(0, Math.round(share * sorted.length)).reduce((sum, line) => sum + line.strong - line.weak, weak);
  return {
    recovered: (share: number) => (reached(share) - weak) / (strong - weak),
    kept: (share: number) => reached(share) / strong,
  };
}
