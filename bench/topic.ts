/**
 * npm run bench:topic: topic shifts, leaning on the history and standalone queries, over the folder that EVALUATION_DATA names
 * (topic_tiage_en, intent_crosswoz_zh, followup_cast_en). Sets without a train file are scored on their odd lines.
 */
import type { ChatMessage } from '#core/turn.ts';
import { type Case, cast, crossWoz, promptShifts, tiage } from '../scripts/training/intent/sources.ts';
import { IntentAnalyser, LEANS_FROM, SHIFT_FROM } from '../src/plugins/intent/analyser.ts';
import { pastOf } from '../src/plugins/intent/dialogue/past.ts';
import { standaloneOf } from '../src/plugins/intent/dialogue/standalone.ts';
import { readGeneralModels } from '../src/plugins/intent/general-models.ts';
import { table } from './support/measure.ts';
import { auroc, countsOf, f1, type Measured, measuredRows, overlap, share } from './support/scores.ts';

const folder = process.env['EVALUATION_DATA'];
const analyser = new IntentAnalyser(readGeneralModels());
if (folder) bench(folder);
else console.log('bench:topic: no data: set EVALUATION_DATA to a folder of evaluation sets');

function bench(data: string): void {
  const switches = crossWoz(data, 'odd').flatMap(({ answer, ...rest }) =>
    answer.switches === null ? [] : [{ ...rest, answer: answer.switches }],
  );
  const leaning = cast(data, 'odd');
  const shifts = [
    ...shiftRows('TIAGE (English chit-chat)', tiage(data, 'dev'), 0.47, 'unsupervised .427, fine-tuned RoBERTa .572'),
    ...shiftRows('CrossWOZ domain switch (Chinese)', switches, 0.85, 'plain words .847'),
    ...shiftRows('MT-Bench-101 task TS (English prompts)', promptShifts(data, 'odd')),
  ];
  if (shifts.length > 0) table(`F1 of topic shift (from a probability of ${SHIFT_FROM})`, measuredRows(shifts));
  if (leaning.length > 0) table('CAsT: does a turn lean on those before it?', measuredRows(leaningRows(leaning)));
  if (leaning.length > 0) table('CAsT: standalone queries of the turns that do', measuredRows(rewriteRows(leaning)));
  if (shifts.length + leaning.length === 0) console.log('bench:topic: the folder has none of its sets');
}

function shiftRows(name: string, cases: readonly Case<boolean>[], floor?: number, published?: string): Measured[] {
  if (cases.length === 0) return [];
  const scored = cases.map(({ text, history, answer }) => ({
    score: analyser.scores(text, pastOf(history)).shift,
    said: analyser.analyse(questionOf(text, history)).topicShift,
    positive: answer,
  }));
  const at = (said: (one: (typeof scored)[number]) => boolean) =>
    f1(countsOf(scored.map((one) => ({ said: said(one), right: one.positive }))));
  const figures = { ...(floor === undefined ? {} : { floor }), ...(published ? { published } : {}) };
  return [
    { name, figure: at(({ score }) => score >= SHIFT_FROM), baseline: at(() => true), ...figures },
    { name: '  as topicShift, by the whole analysis', figure: at(({ said }) => said) },
    { name: '  AUROC', figure: auroc(scored), baseline: 0.5 },
  ];
}

type Leaning = ReturnType<typeof cast>[number];

function leaningRows(cases: readonly Leaning[]): Measured[] {
  const scored = cases.map(({ text, history, answer }) => ({
    score: analyser.scores(text, pastOf(history)).leans,
    positive: answer.leans,
  }));
  const said = scored.map(({ score, positive }) => ({ said: score >= LEANS_FROM, right: positive }));
  const always = f1(countsOf(scored.map(({ positive }) => ({ said: true, right: positive }))));
  return [
    { name: 'F1', figure: f1(countsOf(said)), floor: 0.87, published: 'pronoun rule .85', baseline: always },
    {
      name: 'accuracy',
      figure: share(said.map((one) => one.said === one.right)),
      baseline: share(said.map(({ right }) => right)),
    },
    { name: 'AUROC', figure: auroc(scored), baseline: 0.5 },
  ];
}

function rewriteRows(cases: readonly Leaning[]): Measured[] {
  const leaning = cases.filter(({ answer }) => answer.leans);
  const scores = leaning.map(({ text, history, answer }) => ({
    own: overlap(standaloneOf(text, pastOf(history), null), answer.rewritten),
    raw: overlap(text, answer.rewritten),
  }));
  const mean = (pick: (one: (typeof scores)[number]) => number) =>
    scores.reduce((sum, one) => sum + pick(one), 0) / Math.max(1, scores.length);
  return [
    { name: 'ROUGE-1 recall', figure: mean(({ own }) => own.recall), baseline: mean(({ raw }) => raw.recall) },
    { name: 'ROUGE-1 F1', figure: mean(({ own }) => own.f1), baseline: mean(({ raw }) => raw.f1) },
  ];
}

function questionOf(content: string, history: readonly ChatMessage[]) {
  return { content, history, topic: null, previousIntent: null };
}
