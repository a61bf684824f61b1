import type { Reading } from '../analysis/passage-analysis.ts';
import type { QueryTerms } from '../analysis/query-terms.ts';
import { B, idfOf, K1 } from '../built-in/bm25.ts';
import { coverageOf, matchPassage, type PassageMatch, type SentenceMatch } from './match.ts';

export interface Candidate {
  readonly reading: Reading;
  /** BM25, 1 for the best. */
  readonly keywordScore: number;
  /** 0..1, 1 for the nearest. */
  readonly vectorScore: number;
}
export type Ranked<C extends Candidate> = C & {
  readonly match: PassageMatch;
  /** 0..1 */
  readonly score: number;
};

/** The second stage's features of a candidate, each 0..1. */
export interface Features {
  readonly keyword: number;
  readonly coverage: number;
  readonly sentence: number;
  readonly order: number;
  readonly pieces: number;
  readonly title: number;
  readonly rank: number;
}

/**
 * A linear model over what BM25 of the whole passage does not see. Round numbers near those that softmax regression finds on any
 * three of SciFact, CMRC 2018 and XQuAD in English and Chinese; they hold on the fourth. Pieces weigh less and titles more than there
 * for collections where many passages are right (Cranfield, CISI), at no cost to these.
 */
const WEIGHTS: Features = {
  keyword: 1,
  coverage: 0.2,
  sentence: 0.8,
  order: 0.1,
  pieces: 0.35,
  title: 0.7,
  rank: 0.15,
};
const NAMES = Object.keys(WEIGHTS) as (keyof Features)[];
const SUM = NAMES.reduce((sum, name) => sum + WEIGHTS[name], 0);

/** The bonus for a passage directly under a heading that matches the question. */
const UNDER_HEADING = 0.2;

/** Best first; the earlier first among equals. What the words say weighs what `vectorShare` (0..1) leaves. */
export function rerank<C extends Candidate>(
  candidates: readonly C[],
  terms: QueryTerms,
  vectorShare: number,
): Ranked<C>[] {
  const matches = candidates.map(({ reading }) => matchPassage(reading, terms));
  const length = averageLength(matches);
  const weights = weightsAmong(matches, terms);
  return candidates
    .map((candidate, rank) => {
      const match = matches[rank] as PassageMatch;
      const features = featuresOf(candidate, match, rank, terms, weights, length);
      const said = NAMES.reduce((sum, name) => sum + WEIGHTS[name] * features[name], 0) / SUM;
      const byWords = Math.min(1, said + UNDER_HEADING * match.heading);
      return { ...candidate, match, score: (1 - vectorShare) * byWords + vectorShare * candidate.vectorScore };
    })
    .sort((a, b) => b.score - a.score);
}

export function featuresOf(
  { reading, keywordScore }: Candidate,
  match: PassageMatch,
  rank: number,
  terms: QueryTerms,
  weights: ReadonlyMap<number, number>,
  averageSentence: number,
): Features {
  let sentence = 0;
  for (const one of match.sentences) sentence = Math.max(sentence, sentenceScore(one, weights, averageSentence));
  return {
    keyword: keywordScore,
    coverage: match.coverage,
    sentence,
    order: orderOf(match, terms),
    pieces: match.pieces,
    title: coverageOf(new Set(reading.title), terms),
    rank: 1 / (1 + rank),
  };
}

export function averageLength(matches: readonly PassageMatch[]): number {
  let tokens = 0;
  let count = 0;
  for (const match of matches)
    for (const { length } of match.sentences) {
      tokens += length;
      count += 1;
    }
  return Math.max(1, tokens / Math.max(1, count));
}

/** The weight of a token's rarity among the candidates. The rarity among all passages has the rest of 1. */
const AMONG = 0.75;

/**
 * The question's tokens, together 1. Candidates are about the same thing, whose name they all have: it is rare among all passages
 * and yet tells none of them from another. What few of them have does.
 */
export function weightsAmong(matches: readonly PassageMatch[], { weights, total }: QueryTerms): Map<number, number> {
  const among = new Map<number, number>();
  let totalAmong = 0;
  for (const token of weights.keys()) {
    let having = 0;
    for (const { places } of matches) if (places.has(token)) having += 1;
    if (having === 0) continue;
    const weight = idfOf(having, matches.length);
    among.set(token, weight);
    totalAmong += weight;
  }
  const share = totalAmong > 0 ? AMONG : 0;
  return new Map(
    Array.from(weights, ([token, weight]) => [
      token,
      ((1 - share) * weight) / (total || 1) + (share * (among.get(token) ?? 0)) / (totalAmong || 1),
    ]),
  );
}

/** BM25 of a sentence, as a share of what one could reach that has each token once and average length. */
function sentenceScore(
  { counts, length }: SentenceMatch,
  weights: ReadonlyMap<number, number>,
  average: number,
): number {
  const norm = K1 * (1 - B + (B * length) / average);
  let score = 0;
  for (const [token, count] of counts) score += ((weights.get(token) ?? 0) * count * (K1 + 1)) / (count + norm);
  return Math.min(1, score);
}

/** The weighted share of the question's adjacent tokens that are adjacent in the passage, in this order. */
function orderOf({ places }: PassageMatch, { sequence, weights }: QueryTerms): number {
  let total = 0;
  let held = 0;
  for (const [index, token] of sequence.entries()) {
    const next = sequence[index + 1];
    if (next === undefined || next === token) continue;
    const weight = (weights.get(token) ?? 0) + (weights.get(next) ?? 0);
    total += weight;
    if (areAdjacent(places.get(token) ?? [], places.get(next) ?? [])) held += weight;
  }
  return total === 0 ? 0 : held / total;
}

/** True if one of the second numbers is one more than one of the first; both rise. */
function areAdjacent(first: readonly number[], second: readonly number[]): boolean {
  for (let one = 0, other = 0; one < first.length && other < second.length; ) {
    const distance = (second[other] as number) - (first[one] as number);
    if (distance === 1) return true;
    if (distance > 1) one += 1;
    else other += 1;
  }
  return false;
}
