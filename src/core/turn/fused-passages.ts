import type { Passage } from '../turn.ts';

/** The constant of reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009. */
const RANK_CONSTANT = 60;

/** UTF-16 code units. Each query may choose another of several documents with the same text; a shorter text may say something else under another title. */
const LONG_ENOUGH = 60;
const keyOf = ({ id, text }: Passage): string => (text.length >= LONG_ENOUGH ? text : id);

/** Passages of several queries in one list by reciprocal rank fusion, each text once with its best score. */
export function fusedPassages(lists: readonly (readonly Passage[])[], limit: number): readonly Passage[] {
  const fused = new Map<string, { passage: Passage; weight: number }>();
  for (const list of lists)
    for (const [rank, passage] of list.entries()) {
      const weight = 1 / (RANK_CONSTANT + rank + 1);
      const known = fused.get(keyOf(passage));
      if (!known) fused.set(keyOf(passage), { passage, weight });
      else {
        known.weight += weight;
        if (passage.score > known.passage.score) known.passage = passage;
      }
    }
  return [...fused.values()]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ passage }) => passage);
}
