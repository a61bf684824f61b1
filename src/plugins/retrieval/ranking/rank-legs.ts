import type { FoundPassage } from '#core/plugin.ts';
import { isCjk } from '#core/text/words.ts';
import type { Reading } from '../analysis/passage-analysis.ts';
import { queryTerms } from '../analysis/query-terms.ts';
import { idfOf } from '../built-in/bm25.ts';
import type { Hit, KeywordAnswer } from '../engines/engine.ts';
import { DEPTH, fuse, type Weighting } from './fusion.ts';
import { RARITY_PRIOR, secondStage } from './second-stage.ts';
import { leastShareOf, priorOf, uncoveredBy } from './uncovered.ts';

/** As `Weighting`. `uncovered`: by the part of the question that keywords do not match, times `scale`. */
export type LegWeights = Weighting | { readonly type: 'uncovered'; readonly scale: number };

export interface RankedLegs {
  readonly query: string;
  readonly limit: number;
  readonly rerank: boolean;
  /** Null where keywords were not asked or did not answer. */
  readonly keyword: readonly Hit[] | null;
  /** Null where vectors were not asked or did not answer. */
  readonly vector: readonly Hit[] | null;
  readonly weights: LegWeights;
  /** Cosines below it count as no match. */
  readonly floor: number;
  /** The rarity of the query's tokens. */
  readonly rarity: Pick<KeywordAnswer, 'frequencies' | 'size'>;
  /** The reading of a passage. Undefined if it is gone or not the viewer's. */
  read(id: string): Reading | undefined;
}

/** Merges both legs into one list and reranks it. `vectorsMatter`: vectors influence, or would influence, the result. */
export function rankLegs(found: RankedLegs): {
  readonly passages: readonly FoundPassage[];
  readonly vectorsMatter: boolean;
} {
  const { query, limit, rerank, keyword, vector, floor, rarity } = found;
  const read = readOnce(found.read);
  const terms = queryTerms(query, (token) => idfOf(rarity.frequencies.get(token) ?? 0, rarity.size + RARITY_PRIOR));
  const uncovered = uncoveredBy(keyword ?? [], terms, read);
  const cjk = isCjk(query);
  const weighting = weightingOf(found.weights, { uncovered, cjk, among: vector?.length ?? 0 });
  const fusion = fuse(keyword, vector, weighting, floor);
  const vectorShare = fusion.vectorShare * (found.weights.type === 'uncovered' ? shareAgain(cjk) : 1);
  const passages = secondStage({ terms, limit, rerank, fusion, read, vectorShare });
  return { passages, vectorsMatter: found.weights.type !== 'uncovered' || priorOf(uncovered, cjk) >= LEAST_PRIOR };
}

/** Readings come from a file: the best of them are looked at twice. */
function readOnce(read: RankedLegs['read']): RankedLegs['read'] {
  const known = new Map<string, Reading | undefined>();
  return (id) => {
    if (!known.has(id)) known.set(id, read(id));
    return known.get(id);
  };
}

/** Under it vectors turn no ranking. */
const LEAST_PRIOR = 0.02;

/**
 * What is left of the share of vectors where passages are read again. Of Chinese the sentences tell more than whole passages do: chosen on
 * even lines of XQuAD and CMRC 2018 (R@1 .931 to .935, .980 to .984), and better on the odd ones; English loses by it.
 */
export const shareAgain = (cjk: boolean): number => (cjk ? 0.6 : 1);

export interface Evidence {
  /** The part of the question that keywords do not match, 0..1. */
  readonly uncovered: number;
  readonly cjk: boolean;
  /** Number of passages that vectors searched: all passages, or the depth of the leg. */
  readonly among: number;
}

/**
 * Raises the weight of vectors among few passages, where a frequent word that question and passage share seems rare. Chosen on XQuAD's
 * articles, 5 and 20 passages, also with articles of both languages together. It costs Chinese questions, which have more words.
 */
const AMONG_FEW = 3;

export const weightingOf = (weights: LegWeights, { uncovered, cjk, among }: Evidence): Weighting =>
  weights.type === 'uncovered'
    ? {
        type: 'adaptive',
        prior: weights.scale * priorOf(uncovered, cjk) * (among < DEPTH && !cjk ? AMONG_FEW : 1),
        trust: () => 1,
        leastShare: leastShareOf(uncovered),
        among,
      }
    : weights;
