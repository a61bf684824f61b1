import type { IndexedPassage } from '#core/ports/store.ts';
import { sentences } from '#core/sentences.ts';
import { coverage, type QueryTerms } from './highlights.ts';
import { tokenize } from './tokens.ts';

export interface Candidate {
  readonly passage: IndexedPassage;
  /** BM25, 1 for the best. */
  readonly keywordScore: number;
}

/**
 * The second stage: a linear model over what BM25 does not see. The weights are round numbers that were set by hand and held
 * on SQuAD, CMRC 2018 and DRCD alike; learned ones gained nothing that carried over.
 */
const WEIGHTS = {
  keyword: 1,
  coverage: 0.6,
  sentence: 0.5,
  order: 0.2,
  nearness: 0.3,
  characters: 0.5,
  title: 0.1,
  rank: 0.1,
};
const SUM = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);

/** Best first; scores 0..1. */
export function rerank(
  candidates: readonly Candidate[],
  terms: QueryTerms,
): (Candidate & { readonly score: number })[] {
  const asked = characterGrams(terms.query);
  return candidates
    .map((candidate, rank) => ({ ...candidate, score: Math.min(1, score(candidate, rank, terms, asked)) }))
    .sort((a, b) => b.score - a.score);
}

function score(
  { passage, keywordScore }: Candidate,
  rank: number,
  terms: QueryTerms,
  asked: ReadonlySet<string>,
): number {
  const { text, heading, documentTitle } = passage;
  const best = Math.max(0, ...sentences(text).map(({ start, end }) => coverage(text.slice(start, end), terms)));
  const { order, nearness } = adjacency(tokenize(text), terms);
  return (
    (WEIGHTS.keyword * keywordScore +
      WEIGHTS.coverage * coverage(text, terms) +
      WEIGHTS.sentence * best +
      WEIGHTS.order * order +
      WEIGHTS.nearness * nearness +
      WEIGHTS.characters * overlap(asked, characterGrams(text)) +
      WEIGHTS.title * coverage(`${documentTitle} ${heading ?? ''}`, terms) +
      WEIGHTS.rank / (1 + rank)) /
    SUM
  );
}

/** Of neighbouring query tokens: the share, by weight, that stand in order side by side, and that stand near. */
function adjacency(
  tokens: readonly string[],
  { sequence, weights }: QueryTerms,
): { readonly order: number; readonly nearness: number } {
  const places = new Map<string, number[]>();
  for (const [place, token] of tokens.entries())
    if (weights.has(token)) places.set(token, [...(places.get(token) ?? []), place]);
  let total = 0;
  let order = 0;
  let nearness = 0;
  const told = sequence.filter((token) => weights.has(token));
  for (const [index, token] of told.entries()) {
    const next = told[index + 1];
    if (next === undefined || next === token) continue;
    const weight = (weights.get(token) ?? 0) + (weights.get(next) ?? 0);
    total += weight;
    const distance = leastDistance(places.get(token) ?? [], places.get(next) ?? []);
    if (distance === undefined) continue;
    if (distance === 1) order += weight;
    nearness += weight / (1 + Math.log2(Math.max(1, Math.abs(distance))));
  }
  return total === 0 ? { order: 0, nearness: 0 } : { order: order / total, nearness: nearness / total };
}

/** Signed: positive where the second follows the first. Both are in order, so one walk suffices. */
function leastDistance(first: readonly number[], second: readonly number[]): number | undefined {
  let best: number | undefined;
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const distance = (second[j] as number) - (first[i] as number);
    if (best === undefined || Math.abs(distance) < Math.abs(best) || (distance === -best && distance > 0))
      best = distance;
    if (distance > 0) i += 1;
    else j += 1;
  }
  return best;
}

/** Four characters of each word, its beginning marked; of Chinese, single characters and pairs. */
function characterGrams(text: string): Set<string> {
  const grams = new Set<string>();
  for (const token of tokenize(text)) {
    const marked = `^${token}`;
    if (marked.length <= 4) grams.add(marked);
    for (let start = 0; start + 4 <= marked.length; start += 1) grams.add(marked.slice(start, start + 4));
  }
  return grams;
}

function overlap(asked: ReadonlySet<string>, held: ReadonlySet<string>): number {
  if (asked.size === 0) return 0;
  let count = 0;
  for (const gram of asked) if (held.has(gram)) count += 1;
  return count / asked.size;
}
