import type { Reading } from '../analysis/passage-analysis.ts';
import type { QueryTerms } from '../analysis/query-terms.ts';
import type { Hit } from '../engines/engine.ts';

/** The best keyword hits that are looked at. */
const LOOKED_AT = 5;
/** The share that a question leaves uncovered where keywords alone are right; pairs of Chinese characters are met less often than words. */
const USUAL = { cjk: 0.3, other: 0.1 };
/** Over this share the question is in another language than the passages, or in wholly other words. */
const FOREIGN = 0.7;

/**
 * The share of the question's inverse document frequencies, 0..1, that the best keyword hits do not hold: the least of it that one of
 * them leaves. 1 where keywords found nothing.
 */
export function uncoveredBy(
  hits: readonly Hit[],
  { weights, total }: Pick<QueryTerms, 'weights' | 'total'>,
  read: (id: string) => Reading | undefined,
): number {
  if (total === 0) return 1;
  let most = 0;
  for (const { id } of hits.slice(0, LOOKED_AT)) {
    const reading = read(id);
    if (reading) most = Math.max(most, heldBy(reading, weights));
  }
  return 1 - Math.min(1, most / total);
}

function heldBy({ title, sentences }: Reading, weights: ReadonlyMap<number, number>): number {
  const held = new Set<number>();
  for (const tokens of [title, ...sentences.map((sentence) => sentence.tokens)])
    for (const token of tokens) if (weights.has(token)) held.add(token);
  let weight = 0;
  for (const token of held) weight += weights.get(token) ?? 0;
  return weight;
}

/**
 * The weight of vectors, as `prior` of a Weighting: 0 if keywords match the whole question, equal to
 * keywords if they match nothing. Chosen on XQuAD in English and Chinese, CMRC 2018 and SciFact, plain and without the question's two
 * rarest words for the keywords; see docs/decisions/2026-11-28-sentence-vectors.md.
 */
export const priorOf = (uncovered: number, cjk: boolean): number =>
  beyond(uncovered, cjk ? USUAL.cjk : USUAL.other) ** 2;

/**
 * The least share of vectors: one word that two languages have in common stands out among passages that have none, and must not
 * outweigh them. Chosen on XQuAD's questions in the other language, over 5, 20 and 240 passages.
 */
export const leastShareOf = (uncovered: number): number => beyond(uncovered, FOREIGN) ** 2;

const beyond = (share: number, from: number): number => Math.max(0, share - from) / (1 - from);
