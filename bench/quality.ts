/**
 * npm run bench:quality: the offline judge's agreement with people, over the folder that EVALUATION_DATA names. It scores the odd
 * lines only; the even ones are for training. It prints floor, published figure and the answer's length as a baseline.
 */
import { existsSync } from 'node:fs';
import { scored } from '../scripts/train/lines.ts';
import { type JudgedAnswer, judgedAnswers } from '../scripts/train/quality-sets.ts';
import { askedQuestions } from '../scripts/train/questions.ts';
import { judgeOffline } from '../src/plugins/quality/judge.ts';
import type { Judgement } from '../src/plugins/quality/judgement.ts';
import { auroc, balancedAccuracy, bestThreshold, calibrationError, mean, spearman } from './support/agreement.ts';
import { median, quantile, table } from './support/measure.ts';
import { openEncoder } from './support/sentence-index.ts';

const folder = process.env['EVALUATION_DATA'];
if (!folder || !existsSync(folder)) {
  console.log('bench:quality: no data: set EVALUATION_DATA to a folder of evaluation sets');
  process.exit(0);
}

interface Result {
  readonly answer: JudgedAnswer;
  readonly judgement: Judgement;
}
const times: number[] = [];
const judge = (answer: JudgedAnswer): Result => {
  const started = performance.now();
  const judgement = judgeOffline(answer);
  times.push(performance.now() - started);
  return { answer, judgement };
};
const sets = judgedAnswers(folder);
const odd = new Map([...sets].map(([set, lines]) => [set, scored(lines).map(judge)] as const));
const even =
  sets
    .get('summedits')
    ?.filter((_, line) => line % 2 === 0)
    .map(judge) ?? [];

type Score = (result: Result) => number;

/** Characters of a passage, and passages, that are encoded. */
const MOST_CHARACTERS = 2_000;
const MOST_PASSAGES = 10;
const encoder = openEncoder();
const vectors = new Map<string, Float32Array>();
const vectorOf = (text: string): Float32Array => {
  const vector = vectors.get(text) ?? encoder.encode(text.slice(0, MOST_CHARACTERS));
  vectors.set(text, vector);
  return vector;
};
/** The largest cosine of the answer and a passage of its context, by the built-in encoder. */
const nearness: Score = ({ answer: { response, context } }) =>
  Math.max(
    0,
    ...context.slice(0, MOST_PASSAGES).map((passage) => {
      const [one, other] = [vectorOf(response), vectorOf(passage)];
      return one.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
    }),
  );
/** What a score would be with the encoder: better on MTRAG, worse on the other sets, so it stays without. The encoder only removes marks, see paraphrases.ts. */
const withEncoder =
  (score: Score): Score =>
  (result) =>
    (score(result) + nearness(result)) / 2;
const grounded: Score = ({ judgement }) => judgement.groundedness ?? 0;
const length: Score = ({ answer }) => -answer.response.length;
const label: Score = ({ answer }) => answer.grounded;
const of = (set: JudgedAnswer['set']): readonly Result[] => odd.get(set) ?? [];

/** Of a set by three scores: ours, ours and the encoder's, and the length of the answer, whichever way round is better. */
const both = (measure: (score: Score) => number): number[] => [
  measure(grounded),
  measure(withEncoder(grounded)),
  measure(length),
];
const rank =
  (set: JudgedAnswer['set'], labels: Score = label) =>
  (score: Score) =>
    spearman(of(set).map(score), of(set).map(labels));
const area = (set: JudgedAnswer['set']) => (score: Score) => auroc(of(set).map(score), of(set).map(label));

function summEdits(score: Score, single: boolean): number {
  const domains = [...Map.groupBy(of('summedits'), ({ answer }) => answer.domain)];
  const limit = (lines: readonly Result[]) => bestThreshold(lines.map(score), lines.map(label));
  const common = limit(even);
  return mean(
    domains.map(([domain, lines]) => {
      const threshold = single ? common : limit(even.filter(({ answer }) => answer.domain === domain));
      return balancedAccuracy(lines.map(score), lines.map(label), threshold);
    }),
  );
}

const rows: (readonly (string | number)[])[] = [
  ['groundedness', 'figure', 'with the encoder', 'length alone', 'floor', 'published'],
  ['BEGIN, AUROC', ...both(area('begin')), 0.94, ''],
  ['QAGS CNN/DM, Spearman', ...both(rank('qags_cnndm')), 0.58, 'BERTScore .505, UniEval .662'],
  ['QAGS XSum, Spearman', ...both(rank('qags_xsum')), 0.2, 'BERTScore .008, UniEval .488'],
  [
    'MTRAG faithfulness, Spearman',
    ...both(rank('mtrag')),
    0.53,
    'RAGAS with a model .582, BERT knowledge precision .584',
  ],
  [
    'SummEdits, balanced accuracy, a threshold a domain',
    ...both((score) => summEdits(score, false)),
    0.6,
    'SummaC .571, QAFactEval .674, GPT-4 .832',
  ],
  ['SummEdits, one threshold', ...both((score) => summEdits(score, true)), '', ''],
  ['HalluQA with its references, AUROC', ...both(area('halluqa')), '', ''],
];
table('Groundedness against people', rows.map(figures));

const complete: Score = ({ judgement }) => judgement.completeness;
const fully: Score = ({ answer }) => answer.complete ?? 0;
const good: Score = ({ answer }) => answer.good;
const overall: Score = ({ judgement }) => judgement.overall;
table(
  'Completeness and overall',
  [
    ['', 'figure', 'with the encoder', 'length alone', 'floor', 'published'],
    [
      'MTRAG completeness, Spearman',
      ...[complete, withEncoder(complete)].map(rank('mtrag', fully)),
      -rank('mtrag', fully)(length),
      '',
      '.22-.27',
    ],
    [
      'MTRAG overall, Spearman',
      ...[overall, withEncoder(overall)].map(rank('mtrag', good)),
      -rank('mtrag', good)(length),
      '',
      '',
    ],
  ].map(figures),
);

const asked = askedQuestions(folder, scored);
const relevance = asked.map(
  ({ query, response, context }) => judgeOffline({ query, response, context, history: '' }).relevance,
);
const places = (near: boolean) => [...asked.keys()].filter((place) => near || !asked[place]?.near);
table(
  'Relevance: the response to this question, or to another one',
  [
    ['', 'AUROC', 'length alone', 'expected calibration error'],
    ...(['another subject', 'the same passage too'] as const).map((name) => {
      const chosen = places(name !== 'another subject');
      const labels = chosen.map((place) => asked[place]?.label ?? 0);
      const scores = chosen.map((place) => relevance[place] as number);
      return [
        name,
        auroc(scores, labels),
        auroc(
          chosen.map((place) => asked[place]?.response.length ?? 0),
          labels,
        ),
        calibrationError(scores, labels),
      ];
    }),
  ].map(figures),
);

const all = [...odd.values()].flat();
const calibration = (lines: readonly Result[]) => [
  calibrationError(lines.map(overall), lines.map(good)),
  calibrationError(lines.map(grounded), lines.map(label)),
  mean(lines.map(good)),
];
table(
  'Expected calibration error (floor .08 for overall, all sets)',
  [
    ['', 'overall', 'groundedness', 'share that is good'],
    ['each set as much', ...calibration(equally())],
    ['all lines', ...calibration(all)],
    ...[...odd].map(([set, lines]) => [set, ...calibration(lines)]),
  ].map(figures),
);
console.log(`\njudged in ${median(times).toFixed(1)} ms p50, ${quantile(times, 0.95).toFixed(1)} ms p95, one thread`);

/** The same number of lines of each set. */
function equally(): Result[] {
  const least = Math.min(...[...odd.values()].filter((lines) => lines.length > 0).map((lines) => lines.length));
  return [...odd.values()].flatMap((lines) =>
    lines.filter(
      (_, index) => Math.floor((index * least) / lines.length) !== Math.floor(((index - 1) * least) / lines.length),
    ),
  );
}

function figures(row: readonly (string | number)[]): string[] {
  return row.map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell));
}
