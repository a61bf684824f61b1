import type { FoundPassage } from '#core/plugin.ts';
import { idfOf } from './built-in/bm25.ts';
import type { PassageText } from './built-in/keyword-table.ts';
import type { KeywordAnswer } from './engines/engine.ts';
import type { Fused, Fusion } from './fusion.ts';
import { highlightsOf } from './highlights.ts';
import { matchPassage } from './match.ts';
import { queryTerms } from './query-terms.ts';
import { rerank } from './rerank.ts';

/** How many go into the second stage. */
export const CANDIDATES = 30;
/** Entries that are supposed beside those that are there, lest a word of a few passages weigh nothing. */
const PRIOR = 10;

export interface SecondStage {
  readonly query: string;
  readonly limit: number;
  readonly rerank: boolean;
  readonly fusion: Fusion;
  /** How rare the query's tokens are. */
  readonly rarity: Pick<KeywordAnswer, 'frequencies' | 'size'>;
  /** The text of a passage; undefined where it is gone, or not the viewer's. */
  text(id: string): PassageText | undefined;
}

/** Reads the best of a fused list, and puts them in order by what it reads; without `rerank` leaves the order as it is. */
export function secondStage({ query, limit, rerank: again, fusion, rarity, text }: SecondStage): FoundPassage[] {
  const { frequencies, size } = rarity;
  const terms = queryTerms(query, (token) => idfOf(frequencies.get(token) ?? 0, size + PRIOR));
  const candidates = fusion.order.slice(0, Math.max(limit, again ? CANDIDATES : 0)).flatMap((fused) => {
    const passage = text(fused.id);
    return passage ? [{ passage, fused, keywordScore: fused.keyword ?? 0, vectorScore: nearness(fused, fusion) }] : [];
  });
  const ranked = again
    ? rerank(candidates, terms, fusion.vectorShare).slice(0, limit)
    : candidates
        .slice(0, limit)
        .map((one) => ({ ...one, score: one.fused.score, match: matchPassage(one.passage.text, terms) }));
  return ranked.map(({ fused, score, match }) => ({
    id: fused.id,
    score: Math.min(1, Math.max(0, score)),
    keywordScore: fused.keyword,
    vectorScore: fused.vector,
    highlights: highlightsOf(match, terms),
  }));
}

/** 0 for the farthest of all that vectors found, 1 for the nearest. */
function nearness({ vector }: Fused, { order }: Fusion): number {
  if (vector === null) return 0;
  let highest = -1;
  let lowest = 1;
  for (const { vector: other } of order) {
    if (other === null) continue;
    highest = Math.max(highest, other);
    lowest = Math.min(lowest, other);
  }
  return highest > lowest ? (vector - lowest) / (highest - lowest) : 1;
}
