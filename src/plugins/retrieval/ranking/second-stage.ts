import type { FoundPassage } from '#core/plugin.ts';
import type { Reading } from '../analysis/passage-analysis.ts';
import type { QueryTerms } from '../analysis/query-terms.ts';
import type { Fused, Fusion } from './fusion.ts';
import { highlightsOf } from './highlights.ts';
import { matchPassage } from './match.ts';
import { rerank } from './rerank.ts';

/** Number of candidates of the second stage. */
export const CANDIDATES = 30;
/** Entries that are added to the counts, so that a word of a few passages has a weight. */
export const RARITY_PRIOR = 10;

export interface SecondStage {
  readonly terms: QueryTerms;
  readonly limit: number;
  readonly rerank: boolean;
  readonly fusion: Fusion;
  /** The share of vectors in the second stage, 0..1; the fusion's if absent. */
  readonly vectorShare?: number;
  /** The reading of a passage. Undefined if it is gone or not the viewer's. */
  read(id: string): Reading | undefined;
}

/** Reads the best of a fused list, and puts them in order by what it reads; without `rerank` leaves the order as it is. */
export function secondStage({
  terms,
  limit,
  rerank: again,
  fusion,
  read,
  vectorShare = fusion.vectorShare,
}: SecondStage): FoundPassage[] {
  const nearness = nearnessIn(fusion);
  const candidates = distinct(fusion.order, read, Math.max(limit, again ? CANDIDATES : 0)).map((one) => ({
    ...one,
    keywordScore: one.fused.keyword ?? 0,
    vectorScore: nearness(one.fused.vector),
  }));
  const ranked = again
    ? rerank(candidates, terms, vectorShare).slice(0, limit)
    : candidates
        .slice(0, limit)
        .map((one) => ({ ...one, score: one.fused.score, match: matchPassage(one.reading, terms) }));
  return ranked.map(({ fused, score, match, duplicates }) => ({
    id: fused.id,
    score: Math.min(1, Math.max(0, score)),
    keywordScore: fused.keyword,
    vectorScore: fused.vector,
    highlights: highlightsOf(match, terms),
    duplicates,
  }));
}

/** UTF-16 code units. A shorter text may say another thing under another title. */
const LONG_ENOUGH = 60;

interface Distinct {
  readonly fused: Fused;
  readonly reading: Reading;
  /** Passages after it that say the same word for word. */
  duplicates: number;
}

/** The first passages whose texts are not those of one before: the same text in several documents takes one place. */
function distinct(order: readonly Fused[], read: (id: string) => Reading | undefined, count: number): Distinct[] {
  const texts = new Map<string, Distinct>();
  const found: Distinct[] = [];
  for (const fused of order) {
    if (found.length >= count) break;
    const reading = read(fused.id);
    if (!reading) continue;
    const same = texts.get(reading.text);
    if (same) {
      same.duplicates += 1;
      continue;
    }
    const one = { fused, reading, duplicates: 0 };
    if (reading.text.length >= LONG_ENOUGH) texts.set(reading.text, one);
    found.push(one);
  }
  return found;
}

/** 0 for the farthest of all that vectors found, 1 for the nearest. */
function nearnessIn({ order }: Fusion): (cosine: number | null) => number {
  let highest = -1;
  let lowest = 1;
  for (const { vector } of order) {
    if (vector === null) continue;
    highest = Math.max(highest, vector);
    lowest = Math.min(lowest, vector);
  }
  return (cosine) => (cosine === null ? 0 : highest > lowest ? (cosine - lowest) / (highest - lowest) : 1);
}
