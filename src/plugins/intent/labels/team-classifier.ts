/** A classifier of a team's own labels, trained at the start from the file that INTENT_LABELS names. */
import { type Calibration, calibrate, calibrated, evidenceOf } from '../classifier/calibration.ts';
import { indexOfHighest, type LinearModel, predict } from '../classifier/linear-model.ts';
import { decodeModels, encodeModels } from '../classifier/model-file.ts';
import { Training } from '../classifier/train.ts';
import { heldOutPlaces } from './held-out.ts';
import { labelFeatures } from './label-features.ts';
import { type LabelledText, OUT_OF_SCOPE } from './labelled-text.ts';
import { blended, byVector, trainSentences } from './sentence-model.ts';
import { STRANGERS } from './strangers.ts';

export interface TeamClassifier {
  /** Reads the words of a text. */
  readonly model: LinearModel;
  readonly calibration: Calibration;
  /** Reads the vector of a text beside its words; null if the classifier was trained without vectors. */
  readonly sentences: { readonly model: LinearModel; readonly calibration: Calibration } | null;
}
export interface TeamPrediction {
  /** The most likely label, in scope or not. */
  readonly label: string;
  /** Calibrated probability that the text is in scope and the label is right, 0..1. */
  readonly confidence: number;
}

const EPOCHS = 8;
/** After calibration, these epochs train on the held-out examples too: more where many of few examples were held out. */
const LAST_EPOCHS = { usual: 2, ofFew: 8 };
const OF_FEW = 0.12;
/** Calibration assumes that one in this many texts is out of scope and shares only this part of its features with the training texts. */
const STRANGERS_SHARE = 20;
const KNOWN_OF_STRANGERS = 0.25;

/** The same for calibration with vectors, to which an unknown text looks more like one that is known. */
const STRANGERS_BY_VECTOR = 2.5;
const MOST_BESIDE = 400;

type Sample = { readonly evidence: number; readonly right: boolean };

/** What the built-in encoder makes of the texts, and of STRANGERS, in their order. */
export interface TextVectors {
  readonly texts: readonly Float32Array[];
  readonly strangers: readonly Float32Array[];
}

/** Trains in a second for each 2,000 texts of 150 labels. The same texts give the same classifier. Null: by words alone. */
export function trainTeamClassifier(
  texts: readonly LabelledText[],
  vectors: TextVectors | null = null,
): TeamClassifier {
  const vectorOf = new Map(texts.map((text, at) => [text, vectors?.texts[at]]));
  const inScope = texts.filter(({ label }) => label !== OUT_OF_SCOPE);
  const strangers = texts.filter(({ label }) => label === OUT_OF_SCOPE);
  const labels = [...new Set(inScope.map(({ label }) => label))].sort();
  const place = new Map(labels.map((label, at) => [label, at]));
  const answers = inScope.map(({ label }) => place.get(label) ?? 0);
  const examples = inScope.map(({ text }, at) => ({ features: labelFeatures(text), labels: [answers[at] as number] }));
  const training = new Training(labels, examples, {});
  const places = training.places;
  const heldOut = heldOutPlaces(inScope);
  const learned = places.filter((at) => !heldOut.has(at));
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) training.epoch(learned);
  const before = training.model();
  const meant = vectors && inScope.map((text) => vectorOf.get(text) as Float32Array);
  const sentencesBefore = meant && trainSentences(labels, learned, meant, answers);

  const samplesBy = (probabilitiesOf: (words: Float32Array, vector: Float32Array | undefined) => Float32Array) => {
    const samples = [...heldOut].map((at): Sample => {
      const probabilities = probabilitiesOf(training.probabilities(at), meant?.[at]);
      const best = indexOfHighest(probabilities);
      return { evidence: evidenceOf(probabilities[best] ?? 0, training.known(at)), right: best === answers[at] };
    });
    for (const stranger of strangers) {
      const { probabilities, known } = predict(before, labelFeatures(stranger.text));
      const highest = Math.max(...probabilitiesOf(probabilities, vectorOf.get(stranger)));
      samples.push({ evidence: evidenceOf(highest, known), right: false });
    }
    return samples;
  };
  const unknown = evidenceOf(Math.max(...predict(before, labelFeatures('')).probabilities), KNOWN_OF_STRANGERS);
  const supposed = Math.max(3, Math.round(heldOut.size / STRANGERS_SHARE));
  const unknowns = Array.from({ length: supposed }, (): Sample => ({ evidence: unknown, right: false }));
  const calibration = calibrate([...samplesBy((words) => words), ...unknowns]);
  const together =
    sentencesBefore &&
    calibrate([
      ...samplesBy((words, vector) => (vector ? blended(words, byVector(sentencesBefore, vector)) : words)),
      ...Array.from(
        { length: Math.max(STRANGERS.length, Math.round(Math.min(MOST_BESIDE, heldOut.size) / STRANGERS_BY_VECTOR)) },
        (_, at) => strangerSample(before, sentencesBefore, at, vectors?.strangers ?? []),
      ),
    ]);
  const last = heldOut.size > OF_FEW * places.length ? LAST_EPOCHS.ofFew : LAST_EPOCHS.usual;
  for (let epoch = 0; epoch < last; epoch += 1) training.epoch(places);
  const sentences = meant &&
    together && { model: trainSentences(labels, places, meant, answers), calibration: together };
  return { model: training.model(), calibration, sentences };
}

/** A message of STRANGERS, as the classifier sees it. */
function strangerSample(
  words: LinearModel,
  sentences: LinearModel,
  at: number,
  vectors: readonly Float32Array[],
): Sample {
  const place = at % STRANGERS.length;
  const { probabilities, known } = predict(words, labelFeatures(STRANGERS[place] ?? ''));
  const vector = vectors[place];
  const both = vector ? blended(probabilities, byVector(sentences, vector)) : probabilities;
  return { evidence: evidenceOf(Math.max(...both), known), right: false };
}

/** `vector`: of the text, by the built-in encoder; null if there is none in time: words alone decide then. */
export function classify(
  { model, calibration, sentences }: TeamClassifier,
  text: string,
  vector: Float32Array | null = null,
): TeamPrediction {
  const words = predict(model, labelFeatures(text));
  const both = sentences && vector ? blended(words.probabilities, byVector(sentences.model, vector)) : null;
  const probabilities = both ?? words.probabilities;
  const best = indexOfHighest(probabilities);
  const scale = both && sentences ? sentences.calibration : calibration;
  return {
    label: model.labels[best] ?? OUT_OF_SCOPE,
    confidence: calibrated(scale, evidenceOf(probabilities[best] ?? 0, words.known)),
  };
}

export const encodeClassifier = ({ model, calibration, sentences }: TeamClassifier): Uint8Array =>
  sentences
    ? encodeModels(
        { model, sentences: sentences.model },
        {
          ...calibration,
          sentenceSlope: sentences.calibration.slope,
          sentenceIntercept: sentences.calibration.intercept,
        },
      )
    : encodeModels({ model }, { ...calibration });

/** Throws where the bytes are no classifier of this version. */
export function decodeClassifier(bytes: Uint8Array): TeamClassifier {
  const { models, figures } = decodeModels(bytes);
  const { slope, intercept, sentenceSlope, sentenceIntercept } = figures;
  const { model, sentences } = models;
  if (!model || slope === undefined || intercept === undefined) throw new Error('is no classifier');
  const hasSentences = sentences && sentenceSlope !== undefined && sentenceIntercept !== undefined;
  return {
    model,
    calibration: { slope, intercept },
    sentences: hasSentences
      ? { model: sentences, calibration: { slope: sentenceSlope, intercept: sentenceIntercept } }
      : null,
  };
}
