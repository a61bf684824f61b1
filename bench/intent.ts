/**
 * npm run bench:intent: classifiers of intents over the folder that EVALUATION_DATA names: a team's labels (intent_clinc150_en,
 * intent_banking77_en, intent_xsid_zh), acts of Chinese turns (intent_crosswoz_zh), the general types, and the time of the hook.
 * Sets with a train file are learned from it and scored on dev; others are learned from the even lines and scored on the odd.
 */
import { readPhrases } from '../scripts/training/intent/read-phrases.ts';
import { assistantTypes, type Case, crossWoz, promptTypes, readSet } from '../scripts/training/intent/sources.ts';
import { phraseCases, trainActs, trainTypes } from '../scripts/training/intent/train-models.ts';
import { IN_SCOPE_FROM, IntentAnalyser } from '../src/plugins/intent/analyser.ts';
import { expectedCalibrationError } from '../src/plugins/intent/classifier/calibration.ts';
import { indexOfHighest, type LinearModel, predict } from '../src/plugins/intent/classifier/linear-model.ts';
import { ACTS, actFeatures } from '../src/plugins/intent/dialogue/acts.ts';
import { pastOf } from '../src/plugins/intent/dialogue/past.ts';
import { TYPES, typeFeatures } from '../src/plugins/intent/dialogue/types.ts';
import { readGeneralModels } from '../src/plugins/intent/general-models.ts';
import { type LabelledText, OUT_OF_SCOPE } from '../src/plugins/intent/labels/labelled-text.ts';
import { STRANGERS } from '../src/plugins/intent/labels/strangers.ts';
import { classify, trainTeamClassifier } from '../src/plugins/intent/labels/team-classifier.ts';
import { quantile, table } from './support/measure.ts';
import { auroc, countsOf, f1, type Measured, measuredRows, share } from './support/scores.ts';
import { openEncoder } from './support/sentence-index.ts';

/** Examples of each label, of teams that begin. */
const FEW = [5, 10, 20];
interface Split {
  readonly train: readonly LabelledText[];
  readonly dev: readonly LabelledText[];
}
const encoder = openEncoder();
const known = new Map<string, Float32Array>();
const vectorOf = (text: string): Float32Array => {
  const vector = known.get(text) ?? encoder.encode(text);
  known.set(text, vector);
  return vector;
};

const folder = process.env['EVALUATION_DATA'];
if (folder) bench(folder);
else console.log('bench:intent: no data: set EVALUATION_DATA to a folder of evaluation sets');

function bench(data: string): void {
  const splitOf = (set: string): Split => ({ train: linesOf(data, set, 'train'), dev: linesOf(data, set, 'dev') });
  const [clinc, banking] = [splitOf('intent_clinc150_en'), splitOf('intent_banking77_en')];
  const rows = [
    ...labelRows('CLINC150', clinc.train, clinc.dev, {
      ...{ floor: 0.92, published: 'SVM .910, BERT .969', scopeFloor: 0.94 },
    }),
    ...labelRows('BANKING77', banking.train, banking.dev, { floor: 0.9, published: 'BERT .937' }),
    ...FEW.flatMap((each) => [
      ...labelRows(`CLINC150, ${each} examples a label`, fewOf(clinc.train, each), clinc.dev),
      ...labelRows(`BANKING77, ${each} examples a label`, fewOf(banking.train, each), banking.dev),
    ]),
    ...xsidRows(linesOf(data, 'intent_xsid_zh', 'dev')),
  ];
  if (rows.length > 0) table("A team's labels", measuredRows(rows));
  const acts = actRows(data);
  if (acts.length > 0) table('CrossWOZ: acts of turns', measuredRows(acts));
  types(data);
  speed(data);
}

function linesOf(data: string, set: string, split: string): LabelledText[] {
  const lines = readSet<{ text: string; intent: string }>(data, `${set}/${split}.jsonl`);
  return lines.map(({ text, intent }) => ({ text, label: intent === 'oos' ? OUT_OF_SCOPE : intent }));
}

interface Floors {
  readonly floor?: number;
  readonly published?: string;
  readonly scopeFloor?: number;
}

/** With the built-in encoder, as the product learns them, and words alone beside it. */
function labelRows(
  name: string,
  train: readonly LabelledText[],
  dev: readonly LabelledText[],
  { floor, published, scopeFloor }: Floors = {},
): Measured[] {
  if (train.length === 0 || dev.length === 0) return [];
  const started = performance.now();
  const vectors = { texts: train.map(({ text }) => vectorOf(text)), strangers: STRANGERS.map(vectorOf) };
  const classifier = trainTeamClassifier(train, vectors);
  const seconds = (performance.now() - started) / 1_000;
  const both = figuresOf(
    dev.map(({ text, label }) => ({ ...classify(classifier, text, vectorOf(text)), wanted: label })),
  );
  const words = figuresOf(dev.map(({ text, label }) => ({ ...classify(classifier, text), wanted: label })));
  const row = (title: string, key: keyof typeof both, others: Partial<Measured> = {}): Measured => ({
    name: title,
    figure: both[key],
    words: words[key],
    ...others,
  });
  const scope = [
    row('  AUROC of out of scope', 'scope', { ...(scopeFloor ? { floor: scopeFloor } : {}), baseline: 0.5 }),
    row(`  recall of out_of_scope (confidence under ${IN_SCOPE_FROM})`, 'strangers', { published: 'SVM .145' }),
    row('  right and not taken for out of scope', 'kept'),
  ];
  return [
    row(`${name}: accuracy in scope`, 'accuracy', {
      ...(floor === undefined ? {} : { floor }),
      ...(published ? { published } : {}),
      baseline: both.majority,
    }),
    ...(Number.isNaN(both.scope) ? [] : scope),
    row('  expected calibration error', 'calibration'),
    { name: '  seconds of training', figure: seconds },
  ];
}

type Said = ReturnType<typeof classify> & { readonly wanted: string };

function figuresOf(said: readonly Said[]) {
  const inScope = said.filter(({ wanted }) => wanted !== OUT_OF_SCOPE);
  const strangers = said.filter(({ wanted }) => wanted === OUT_OF_SCOPE);
  const groups = [...Map.groupBy(inScope, ({ wanted }) => wanted).values()];
  return {
    accuracy: share(inScope.map(({ label, wanted }) => label === wanted)),
    scope:
      strangers.length === 0
        ? Number.NaN
        : auroc(said.map(({ confidence, wanted }) => ({ score: confidence, positive: wanted !== OUT_OF_SCOPE }))),
    strangers: share(strangers.map(({ confidence }) => confidence < IN_SCOPE_FROM)),
    kept: share(inScope.map(({ label, wanted, confidence }) => label === wanted && confidence >= IN_SCOPE_FROM)),
    calibration: expectedCalibrationError(
      said.map(({ confidence, label, wanted }) => ({ confidence, right: label === wanted })),
    ),
    majority: Math.max(...groups.map((group) => group.length)) / inScope.length,
  };
}

/** The first examples of each label; of those out of scope none, as of a team that begins. */
function fewOf(texts: readonly LabelledText[], each: number): LabelledText[] {
  const groups = Map.groupBy(
    texts.filter(({ label }) => label !== OUT_OF_SCOPE),
    ({ label }) => label,
  );
  return [...groups.values()].flatMap((group) => group.slice(0, each));
}

/** Each half learned in turn and the other scored: the set has 300 lines. */
function xsidRows(lines: readonly LabelledText[]): Measured[] {
  const [even, odd] = [0, 1].map((half) => lines.filter((_, place) => place % 2 === half));
  const counts = Map.groupBy(even ?? [], ({ label }) => label);
  const known = (one: LabelledText) => (counts.get(one.label)?.length ?? 0) > 1;
  return labelRows('xSID (Chinese), odd lines', (even ?? []).filter(known), odd ?? []);
}

function actRows(data: string): Measured[] {
  const odd = crossWoz(data, 'odd');
  if (odd.length === 0) return [];
  const even = crossWoz(data, 'even');
  const rowOf = (name: string, model: LinearModel, floor?: number): Measured => {
    const pairs = odd.flatMap(({ text, history, answer }) => {
      const { probabilities } = predict(model, actFeatures(text, pastOf(history)));
      return ACTS.map((act, place) => ({ said: (probabilities[place] ?? 0) >= 0.5, right: answer.acts.includes(act) }));
    });
    const trivial = odd.flatMap(({ answer }) =>
      ACTS.map((act) => ({ said: act === 'Request', right: answer.acts.includes(act) })),
    );
    const figures = {
      name,
      figure: f1(countsOf(pairs)),
      baseline: f1(countsOf(trivial)),
      published: 'plain words .962',
    };
    return floor === undefined ? figures : { ...figures, floor };
  };
  const shipped = readGeneralModels().acts;
  return [
    rowOf('micro-F1, shipped classifier', shipped),
    rowOf('micro-F1, trained on from there on the even lines', trainActs(even, shipped), 0.96),
  ];
}

/** Every fifth template is held out here, so wordings that the classifier has not seen; the shipped one knows them all. */
function types(data: string): void {
  const phrases = [...readPhrases('en'), ...readPhrases('zh')];
  const isHeldOut = ({ template }: { readonly template: number }) => template % 5 === 2;
  const model = trainTypes(
    data,
    phrases.filter((phrase) => !isHeldOut(phrase)),
  );
  const rows = [
    typeRow('templates that were held out', phrases.filter(isHeldOut).flatMap(phraseCases), model),
    typeRow('prompts of MT-Bench-101, HaluEval, HalluQA (odd lines)', promptTypes(data, 'odd'), model),
    typeRow('CLINC150 dev, xSID and CrossWOZ (odd lines)', assistantTypes(data, 'odd'), model),
  ];
  table('General types: accuracy over ten types, and its calibration error', [
    ['', 'messages', 'accuracy', 'majority', 'ECE'],
    ...rows,
  ]);
}

function typeRow(name: string, cases: readonly Case<string>[], model: LinearModel): string[] {
  const said = cases.map(({ text, history, answer }) => {
    const { probabilities } = predict(model, typeFeatures(text, pastOf(history)));
    const best = indexOfHighest(probabilities);
    return { confidence: probabilities[best] ?? 0, right: TYPES[best] === answer };
  });
  const majority = Math.max(
    0,
    ...Map.groupBy(cases, ({ answer }) => answer)
      .values()
      .map((group) => group.length),
  );
  const figures = [share(said.map(({ right }) => right)), majority / cases.length, expectedCalibrationError(said)];
  return [name, String(cases.length), ...figures.map((figure) => figure.toFixed(3))];
}

/** The whole offline analysis of real prompts with their histories, in this thread. */
function speed(data: string): void {
  const cases = promptTypes(data, 'odd');
  const analyser = new IntentAnalyser(readGeneralModels());
  const times = [0, 1, 2].flatMap((round) =>
    cases.flatMap(({ text, history }) => {
      const started = performance.now();
      analyser.analyse({ content: text, history, topic: null, previousIntent: null });
      return round === 0 ? [] : [performance.now() - started];
    }),
  );
  if (times.length > 0)
    table('Time of the hook, ms (p50 must stay under 1)', [
      ['messages', 'p50', 'p95', 'p99'],
      [String(times.length), ...[0.5, 0.95, 0.99].map((part) => quantile(times, part).toFixed(3))],
    ]);
}
