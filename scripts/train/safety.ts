/**
 * npm run train:safety: fits the safety classifiers and writes src/plugins/quality/learned/safety.*. It reads the folder that
 * EVALUATION_DATA names (even lines, and passages of retrieval sets as harmless text), and the folder that TRAINING_DATA names, with
 * COLDataset/train.csv (github.com/thu-coai/COLDataset, Apache-2.0) and toxicity_en.csv (github.com/surge-ai/toxicity, MIT). The same
 * data gives the same files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { averagePrecision, macroF1 } from '../../bench/support/agreement.ts';
import { sentences } from '../../src/core/text/sentences.ts';
import { sigmoid } from '../../src/plugins/quality/logistic.ts';
import { type SafetyModel, score } from '../../src/plugins/quality/safety/classifier.ts';
import { BUCKET_BITS, type Language, ngrams } from '../../src/plugins/quality/safety/ngrams.ts';
import { fitBuckets, fitPlatt, type Labelled } from './fit-buckets.ts';
import { folderOf, jsonLines, learned } from './lines.ts';
import { judgedAnswers } from './quality-sets.ts';

const evaluation = folderOf('EVALUATION_DATA', 'the evaluation sets');
const training = folderOf(
  'TRAINING_DATA',
  'COLDataset/train.csv and toxicity_en.csv (docs/quality.md says where from)',
);
const output = new URL('../../src/plugins/quality/learned/', import.meta.url);

interface Text {
  readonly text: string;
  readonly unsafe: 0 | 1;
  readonly weight: number;
}
/** The weight of a line from sources outside the moderated kind. */
const ELSEWHERE = { insults: 0.3, harmless: 0.1, sentences: 0.2 };
const FOLDS = 5;

const csvRows = (path: string): Record<string, string>[] =>
  parse(readFileSync(join(training, path)), {
    columns: true,
    bom: true,
    relax_quotes: true,
    skip_records_with_error: true,
  });
const harmless = (texts: readonly string[], weight: number): Text[] =>
  texts.map((text) => ({ text, unsafe: 0, weight }));
const passages = (set: string) =>
  jsonLines<{ readonly text: string }>(evaluation, `${set}/corpus.jsonl`).map(({ text }) => text);
/** Short texts are harmless too. */
const cut = (text: string) => sentences(text).map(({ start, end }) => text.slice(start, end));
const answersOf = (set: 'mtrag' | 'halluqa') =>
  learned(judgedAnswers(evaluation).get(set) ?? []).map(({ response }) => response);

function english(): Text[] {
  const moderated = learned(
    jsonLines<{ readonly text: string; readonly unsafe: 0 | 1 }>(evaluation, 'safety_openai_en/dev.jsonl'),
  );
  return [
    ...moderated.map(({ text, unsafe }) => ({ text, unsafe, weight: 1 })),
    ...csvRows('toxicity_en.csv').map(
      ({ text = '', is_toxic }): Text => ({
        text,
        unsafe: /^toxic/i.test(is_toxic ?? '') ? 1 : 0,
        weight: ELSEWHERE.insults,
      }),
    ),
    ...harmless([...passages('retrieval_xquad_en'), ...answersOf('mtrag')], ELSEWHERE.harmless),
    ...harmless([...passages('retrieval_xquad_en'), ...answersOf('mtrag')].flatMap(cut), ELSEWHERE.sentences),
  ];
}

function chinese(): Text[] {
  // Some lines of the training file are in the development file too.
  const scored = new Set(
    jsonLines<{ readonly text: string }>(evaluation, 'safety_cold_zh/dev.jsonl').map(({ text }) => text),
  );
  return [
    ...csvRows('COLDataset/train.csv')
      .filter(({ TEXT = '' }) => !scored.has(TEXT))
      .map(({ TEXT = '', label }): Text => ({ text: TEXT, unsafe: label === '1' ? 1 : 0, weight: 1 })),
    ...harmless([...passages('retrieval_xquad_zh'), ...passages('retrieval_cmrc2018_zh'), ...answersOf('halluqa')], 1),
  ];
}

const models = {} as Record<Language, SafetyModel>;
for (const [language, texts, scaling] of [
  ['en', english(), true],
  ['zh', chinese(), false],
] as const) {
  const lines = texts.map(
    ({ text, unsafe, weight }): Labelled => ({ ngrams: ngrams(text, language), label: unsafe, weight }),
  );
  const buckets = 2 ** BUCKET_BITS[language];
  // Scores of texts that a model has not seen, for the calibration.
  const unseen = new Float64Array(lines.length);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const { weights, bias } = fitBuckets(
      lines.filter((_, line) => line % FOLDS !== fold),
      buckets,
      { scaling },
    );
    for (const [line, { ngrams: own }] of lines.entries())
      if (line % FOLDS === fold) unseen[line] = score(own, weights, 1, bias);
  }
  const { slope, offset } = fitPlatt([...unseen], lines);
  const { weights, bias } = fitBuckets(lines, buckets, { scaling });
  const unit = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127;
  writeFileSync(
    new URL(`safety.${language}.weights`, output),
    Int8Array.from(weights, (weight) => Math.round(weight / unit)),
  );
  const digits = (value: number) => Number(value.toPrecision(6));
  models[language] = { unit: digits(unit), bias: digits(bias), slope: digits(slope), offset: digits(offset) };
  const labels = lines.map(({ label }) => label);
  const chances = [...unseen].map((value) => sigmoid(slope * value + offset));
  console.log(
    `${language}: ${lines.length} texts; of unseen folds AUPRC ${averagePrecision(chances, labels).toFixed(3)}, macro-F1 ${macroF1(chances, labels, 0.5).toFixed(3)}`,
  );
}
writeFileSync(new URL('safety.json', output), `${JSON.stringify(models, null, 2)}\n`);
