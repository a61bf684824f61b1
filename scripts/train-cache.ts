/**
 * Makes src/plugins/cache/learned/semantic.json: the model that tells how likely a rewording says the same, and how often hits of a
 * score are wrong. Right pairs: the even lines of GPTCache's pairs (cache_gptcache_en, MIT). Questions of which no known one says the
 * same: those of another pair; of another intent in CLINC150 (CC BY 3.0) and BANKING77 (CC BY 4.0); GPTCache's sentences with one or
 * two words changed; bench/near-misses. The same data (EVALUATION_DATA) make the same file.
 */
import { writeFileSync } from 'node:fs';
import { nearMisses } from '../bench/support/near-misses.ts';
import { upperBound } from '../src/plugins/cache/semantic/bound.ts';
import { FIGURES } from '../src/plugins/cache/semantic/reworded.ts';
import { EVIDENCE } from '../src/plugins/cache/semantic/score.ts';
import { CacheSamples, type Found } from './train/cache-samples.ts';
import { type Example, fitLogistic } from './train/fit.ts';
import { folderOf } from './train/lines.ts';

const TARGET = new URL('../src/plugins/cache/learned/semantic.json', import.meta.url);
const FOLDS = 5;
/** Questions that no known one says the same as, for each that has one: a third of the questions may hit. */
const ODDS = 2;
/** Sentences near each other that say something else are rare among questions, and the worst to mistake. */
const NEGATIVE_WEIGHT = 3;
/** Of a rewording with one word exchanged: four of them are made of each. */
const EXCHANGED_WEIGHT = 0.25;
/** The share of the other questions that are a rewording of a known one with one word exchanged. */
const EXCHANGED_SHARE = 0.003;
const FEATURES = [...FIGURES, ...EVIDENCE];
/** What may only speak for a rewording, and what only against it. */
const SIGNS = {
  same: 1,
  explained: 1,
  similarity: 1,
  names: 1,
  replaced: -1,
  added: -1,
  bare: -1,
  oneSided: -1,
  exchanged: -1,
  worstSlot: -1,
  slots: -1,
  unlike: -1,
  unlikeMost: -1,
  foreign: -1,
  foreignAll: -1,
} as const;

const samples = new CacheSamples(folderOf('EVALUATION_DATA', 'cache_gptcache_en'));
await samples.collect(nearMisses);
const { positives, negatives, exchanged } = samples;
const examples = [
  ...positives.flatMap((found) => examplesOf(found, 1, 1)),
  ...negatives.flatMap((found) => examplesOf(found, 0, NEGATIVE_WEIGHT)),
  ...exchanged.flatMap((found) => examplesOf(found, 0, EXCHANGED_WEIGHT)),
];
const models = Array.from({ length: FOLDS }, (_, fold) => trained(examples.filter((example) => example.fold !== fold)));
const outOfFold = (found: Found) =>
  Math.max(-1, ...found.features.map((features) => score(models[found.fold] as Plain, features)));
const [rights, wrongs, near] = [positives.map(outOfFold), negatives.map(outOfFold), exchanged.map(outOfFold)];
/** A score's bound is the best one of all thresholds that it passes: of a high one alone there are too few hits to say much. */
const steps: { score: number; error: number }[] = [];
for (let cut = 1; cut <= 99; cut += 1) {
  const passing = (scores: readonly number[]) => scores.filter((value) => value >= cut / 100).length;
  const error = errorOf(passing(rights), passing(wrongs), passing(near) / near.length);
  if (error < (steps[0]?.error ?? 1)) steps.unshift({ score: cut / 100, error });
}
const sameWrong = negatives.filter(({ same }) => same !== null);
const sameError = errorOf(samples.sameRight.filter(Boolean).length, sameWrong.length, 0, samples.sameRight.length);
const { weights, bias } = trained(examples);
const round = (value: number) => Number(value.toPrecision(5));
writeFileSync(
  TARGET,
  `${JSON.stringify({ weights: weights.map(round), bias: round(bias), steps, sameError: round(sameError) }, null, 1)}\n`,
);
console.table(FEATURES.map((name, place) => ({ name, weight: round(weights[place] as number) })));
console.log(
  `${positives.length} right pairs, ${rights.filter((value) => value >= 0).length} of them with open gates; ${negatives.length} questions without one`,
);
console.table(
  [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1].map((cut) => ({
    score: cut,
    right: rights.filter((value) => value >= cut).length,
    wrong: wrongs.filter((value) => value >= cut).length,
    'one word exchanged': `${((100 * near.filter((value) => value >= cut).length) / near.length).toFixed(1)} %`,
    'wrong hits at most': round(steps.find((step) => step.score <= cut)?.error ?? 1),
  })),
);
console.log(
  `word by word: wrong hits at most ${round(sameError)}; taken for the same: ${JSON.stringify(sameWrong.map(({ same }) => same))}`,
);
for (const [place, value] of wrongs.entries()) if (value > 0.3) console.log(value.toFixed(2), negatives[place]?.texts);

/** Upper bound for the share of wrong hits: wrong ones as often as can be, right ones as seldom as can be. */
function errorOf(right: number, wrong: number, nearShare: number, all = positives.length): number {
  const wrongRate = (upperBound(wrong, negatives.length) + EXCHANGED_SHARE * nearShare) * ODDS;
  const rightRate = 1 - upperBound(all - right, all);
  return round2(wrongRate / (wrongRate + rightRate));
}
function round2(value: number): number {
  return Number(value.toFixed(5));
}

type Plain = { readonly weights: readonly number[]; readonly bias: number };
function examplesOf({ features, fold }: Found, label: number, weight: number) {
  return features.map((some) => ({ features: some, label, weight, fold }));
}
function trained(some: readonly Example[]): Plain {
  const {
    mean,
    scale,
    weights: scaled,
    bias: shifted,
  } = fitLogistic(some, { features: FEATURES, signs: SIGNS, penalty: 0.0005 });
  const plain = scaled.map((weight, place) => weight / (scale[place] as number));
  return {
    weights: plain,
    bias: plain.reduce((sum, weight, place) => sum - weight * (mean[place] as number), shifted),
  };
}
function score(model: Plain, features: readonly number[]): number {
  return (
    1 /
    (1 + Math.exp(-features.reduce((sum, value, place) => sum + value * (model.weights[place] as number), model.bias)))
  );
}
