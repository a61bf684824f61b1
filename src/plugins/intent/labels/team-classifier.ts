/** A classifier of a team's own labels, trained at the start from the file that INTENT_LABELS names. */
import { type Calibration, calibrate, calibrated, evidenceOf } from '../classifier/calibration.ts';
import { indexOfHighest, type LinearModel, predict } from '../classifier/linear-model.ts';
import { decodeModels, encodeModels } from '../classifier/model-file.ts';
import { Training } from '../classifier/train.ts';
import { labelFeatures } from './label-features.ts';
import { type LabelledText, OUT_OF_SCOPE } from './labelled-text.ts';

export interface TeamClassifier {
  readonly model: LinearModel;
  readonly calibration: Calibration;
}
export interface TeamPrediction {
  /** The most likely label, in scope or not. */
  readonly label: string;
  /** Calibrated probability that the text is in scope and the label is right, 0..1. */
  readonly confidence: number;
}

const EPOCHS = 8;
/** After calibration, these epochs train on the held-out examples too. */
const LAST_EPOCHS = 2;
/** One in this many examples is held out for calibration, up to a maximum. */
const HELD_OUT_EVERY = 10;
const MOST_HELD_OUT = 1_000;
/** Calibration assumes that one in this many texts is out of scope and shares only this part of its features with the training texts. */
const STRANGERS_SHARE = 20;
const KNOWN_OF_STRANGERS = 0.25;

/** Trains in a second for each 2,000 texts of 150 labels. The same texts give the same classifier. */
export function trainTeamClassifier(texts: readonly LabelledText[]): TeamClassifier {
  const inScope = texts.filter(({ label }) => label !== OUT_OF_SCOPE);
  const labels = [...new Set(inScope.map(({ label }) => label))].sort();
  const place = new Map(labels.map((label, at) => [label, at]));
  const examples = inScope.map(({ text, label }) => ({
    features: labelFeatures(text),
    labels: [place.get(label) ?? 0],
  }));
  const training = new Training(labels, examples, {});
  const places = training.places;
  const heldOut = heldOutPlaces(inScope);
  const learned = places.filter((at) => !heldOut.has(at));
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) training.epoch(learned);
  const samples = [...heldOut].map((at) => {
    const probabilities = training.probabilities(at);
    const best = indexOfHighest(probabilities);
    const evidence = evidenceOf(probabilities[best] ?? 0, training.known(at));
    return { evidence, right: best === examples[at]?.labels[0] };
  });
  const before = training.model();
  for (const { text } of texts.filter(({ label }) => label === OUT_OF_SCOPE)) {
    const { probabilities, known } = predict(before, labelFeatures(text));
    samples.push({ evidence: evidenceOf(Math.max(...probabilities), known), right: false });
  }
  const unknown = evidenceOf(Math.max(...predict(before, labelFeatures('')).probabilities), KNOWN_OF_STRANGERS);
  const strangers = Math.max(3, Math.round(heldOut.size / STRANGERS_SHARE));
  for (let count = 0; count < strangers; count += 1) samples.push({ evidence: unknown, right: false });
  const calibration = calibrate(samples);
  for (let epoch = 0; epoch < LAST_EPOCHS; epoch += 1) training.epoch(places);
  return { model: training.model(), calibration };
}

/** Each tenth example of every label that has enough. */
function heldOutPlaces(texts: readonly LabelledText[]): Set<number> {
  const seen = new Map<string, number>();
  const places = new Set<number>();
  for (const [at, { label }] of texts.entries()) {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    if (count % HELD_OUT_EVERY === 0 && places.size < MOST_HELD_OUT) places.add(at);
  }
  return places;
}

export function classify({ model, calibration }: TeamClassifier, text: string): TeamPrediction {
  const { probabilities, known } = predict(model, labelFeatures(text));
  const best = indexOfHighest(probabilities);
  const confidence = calibrated(calibration, evidenceOf(probabilities[best] ?? 0, known));
  return { label: model.labels[best] ?? OUT_OF_SCOPE, confidence };
}

export const encodeClassifier = ({ model, calibration }: TeamClassifier): Uint8Array =>
  encodeModels({ model }, { ...calibration });

/** Throws where the bytes are no classifier of this version. */
export function decodeClassifier(bytes: Uint8Array): TeamClassifier {
  const { models, figures } = decodeModels(bytes);
  const { slope, intercept } = figures;
  if (!models['model'] || slope === undefined || intercept === undefined) throw new Error('is no classifier');
  return { model: models['model'], calibration: { slope, intercept } };
}
