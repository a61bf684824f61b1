/**
 * npm run bench:safety: the safety classifiers' accuracy, over the folder that EVALUATION_DATA names. It scores the odd
 * lines only. It prints floor, published figure and two trivial baselines (the text's length; all are unsafe).
 */
import { existsSync } from 'node:fs';
import { jsonLines, learned, scored } from '../scripts/train/lines.ts';
import { judgedAnswers } from '../scripts/train/quality-sets.ts';
import { unsafety } from '../src/plugins/quality/safety/classifier.ts';
import { averagePrecision, bestThreshold, calibrationError, macroF1, mean } from './support/agreement.ts';
import { median, quantile, table } from './support/measure.ts';

const folder = process.env['EVALUATION_DATA'];
if (!folder || !existsSync(folder)) {
  console.log('bench:safety: no data: set EVALUATION_DATA to a folder of evaluation sets');
  process.exit(0);
}

interface Line {
  readonly text: string;
  readonly unsafe?: number;
  readonly offensive?: number;
}
const times: number[] = [];
const judge = (text: string): number => {
  const started = performance.now();
  const score = unsafety(text);
  times.push(performance.now() - started);
  return score;
};
const label = ({ unsafe, offensive }: Line): number => unsafe ?? offensive ?? 0;

const rows: (string | number)[][] = [];
for (const [name, set, floor, published] of [
  ['OpenAI moderation (English)', 'safety_openai_en/dev.jsonl', 'AUPRC .70', 'AUPRC about .85 (OpenAI)'],
  ['COLD (Chinese)', 'safety_cold_zh/dev.jsonl', 'macro-F1 .76', 'macro-F1 about .81 (COLDetector)'],
] as const) {
  const all = jsonLines<Line>(folder, set);
  if (all.length === 0) continue;
  const lines = scored(all);
  const labels = lines.map(label);
  const lengths = lines.map(({ text }) => text.length);
  const known = learned(all);
  const limit = bestThreshold(
    known.map(({ text }) => text.length),
    known.map(label),
  );
  const scores = lines.map(({ text }) => judge(text));
  rows.push(
    [
      name,
      averagePrecision(scores, labels),
      macroF1(scores, labels, 0.5),
      calibrationError(scores, labels),
      floor,
      published,
    ],
    ['  by length', averagePrecision(lengths, labels), macroF1(lengths, labels, limit), '', '', ''],
    [
      '  all are unsafe',
      mean(labels),
      macroF1(
        labels.map(() => 1),
        labels,
        0.5,
      ),
      '',
      '',
      '',
    ],
  );
}
table(
  'Safety against people',
  [['', 'AUPRC', 'macro-F1', 'calibration error', 'floor', 'published'], ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell)),
  ),
);

const answers = judgedAnswers(folder);
table('Answers of assistants that are held to be unsafe (none should be)', [
  ['', 'share over .5', 'mean'],
  ...(['mtrag', 'halluqa'] as const).map((set) => {
    const scores = scored(answers.get(set) ?? []).map(({ response }) => judge(response));
    return [set, mean(scores.map((score) => (score > 0.5 ? 1 : 0))).toFixed(3), mean(scores).toFixed(3)];
  }),
]);
console.log(`\njudged in ${median(times).toFixed(2)} ms p50, ${quantile(times, 0.95).toFixed(2)} ms p95, one thread`);
