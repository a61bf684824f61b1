import { readFileSync } from 'node:fs';
import { piecesOf } from '#core/text/characters.ts';
import { sigmoid } from '../logistic.ts';
import { type Language, languagesOf, type Ngrams, ngrams } from './ngrams.ts';

/** The model of one language, written by `npm run train:safety`. Its weights, one Int8 for each bucket, are in `safety.<language>.weights`. */
export interface SafetyModel {
  /** The value of one step of a weight. */
  readonly unit: number;
  readonly bias: number;
  /** Platt scaling (Platt 1999), so that a probability means what it says: sigmoid(slope * score + offset). */
  readonly slope: number;
  readonly offset: number;
}
interface Loaded extends SafetyModel {
  readonly weights: Int8Array;
}

const folder = new URL('../learned/', import.meta.url);
const loaded = new Map<Language, Loaded>();
function modelOf(language: Language): Loaded {
  const known = loaded.get(language);
  if (known) return known;
  const models = JSON.parse(readFileSync(new URL('safety.json', folder), 'utf8')) as Readonly<
    Record<Language, SafetyModel>
  >;
  const weights = new Int8Array(readFileSync(new URL(`safety.${language}.weights`, folder)));
  const model = { ...models[language], weights };
  loaded.set(language, model);
  return model;
}

/** The linear score of n-grams. */
export function score({ buckets, values }: Ngrams, weights: ArrayLike<number>, unit: number, bias: number): number {
  let sum = 0;
  for (let index = 0; index < buckets.length; index += 1)
    sum += (weights[buckets[index] as number] as number) * (values[index] as number);
  return sum * unit + bias;
}

/** A longer text is judged in pieces, so that what is harmless does not hide the rest; UTF-16 code units. */
const PIECE = 2000;
const MOST_PIECES = 20;

/** The probability that a text is unsafe, 0..1: the highest of its pieces and languages. An empty text is safe. */
export function unsafety(text: string): number {
  if (!/\p{L}/u.test(text)) return 0;
  let worst = 0;
  let count = 0;
  for (const piece of piecesOf(text, PIECE)) {
    if (count++ === MOST_PIECES) break;
    for (const language of languagesOf(piece)) {
      const { weights, unit, bias, slope, offset } = modelOf(language);
      worst = Math.max(worst, sigmoid(slope * score(ngrams(piece, language), weights, unit, bias) + offset));
    }
  }
  return worst;
}
