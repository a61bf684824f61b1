/** Merges the hits of keywords and of vectors into one list. */
import type { Hit } from '../engines/engine.ts';

/** Number of hits of each leg. */
export const DEPTH = 100;

export interface Fused {
  readonly id: string;
  /** 0..1 */
  readonly score: number;
  /** BM25 as a share of the best one's; null where keywords did not find it. */
  readonly keyword: number | null;
  /** The cosine; null where vectors did not find it. */
  readonly vector: number | null;
}
export interface Fusion {
  /** Best first. */
  readonly order: readonly Fused[];
  /** The weight of vectors, 0..1. Keywords have the rest. */
  readonly vectorShare: number;
}

/**
 * The weights of the legs. `adaptive`: by how far the best hit of each leg stands out from its others; `prior` is the weight of vectors
 * when both stand out equally, and `trust` the part of it that remains. `given`: by the client.
 */
export type Weighting =
  | {
      readonly type: 'adaptive';
      readonly prior: number;
      readonly trust: (agreement: number) => number;
      /** The minimum weight of vectors, 0..1. Default: 0. */
      readonly leastShare?: number;
      /** Passages that could be found: among few none stands out far. DEPTH where absent. */
      readonly among?: number;
    }
  | { readonly type: 'given'; readonly vector: number; readonly keyword: number };

/**
 * Each list best first; null for a leg that was not asked or did not answer. What vectors alone found, and not by a cosine of
 * `floor`, is left out.
 */
export function fuse(
  keyword: readonly Hit[] | null,
  vector: readonly Hit[] | null,
  weighting: Weighting,
  floor: number,
): Fusion {
  const keywords = keyword ?? [];
  const vectors = vector ?? [];
  const vectorShare = shareOf(keywords, vectors, weighting);
  const keywordPart = weighting.type === 'given' ? fromFloor(keywords, 0) : fromLowest(keywords);
  const vectorPart = weighting.type === 'given' ? fromFloor(vectors, -1) : fromLowest(vectors);
  const best = keywords[0]?.score ?? 1;
  const fused = new Map<string, Fused>();
  for (const { id, score } of keywords)
    fused.set(id, { id, score: (1 - vectorShare) * keywordPart(score), keyword: score / best, vector: null });
  for (const { id, score } of vectors) {
    const former = fused.get(id);
    if (!former && score < floor) continue;
    fused.set(id, {
      id,
      score: (former?.score ?? 0) + vectorShare * vectorPart(score),
      keyword: former?.keyword ?? null,
      vector: score,
    });
  }
  return { order: [...fused.values()].sort((a, b) => b.score - a.score), vectorShare };
}

function shareOf(keywords: readonly Hit[], vectors: readonly Hit[], weighting: Weighting): number {
  if (vectors.length === 0) return 0;
  if (keywords.length === 0) return 1;
  if (weighting.type === 'given') {
    const sum = weighting.vector + weighting.keyword;
    return sum > 0 ? weighting.vector / sum : 0.5;
  }
  const { leastShare = 0, among = DEPTH } = weighting;
  const byVectors = weighting.prior * weighting.trust(agreement(keywords, vectors)) * standsOut(vectors, null) ** 2;
  const byKeywords = standsOut(keywords, 0, among) ** 2;
  const share = byVectors + byKeywords > 0 ? byVectors / (byVectors + byKeywords) : 0;
  return share + (1 - share) * leastShare;
}

/**
 * Standard deviations of the best score over the mean. A leg that knows the score of entries that it did not find
 * (`floor`) counts them up to `among`: a single keyword hit among many entries stands out clearly.
 */
function standsOut(hits: readonly Hit[], floor: number | null, among = DEPTH): number {
  const scores = hits.map(({ score }) => score);
  if (floor !== null) while (scores.length < Math.min(DEPTH, among)) scores.push(floor);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return variance > 0 ? ((scores[0] as number) - mean) / Math.sqrt(variance) : 0;
}

const LOOKED_AT = 10;
const weightOf = (place: number): number => 1 / (1 + place);

/** How high vectors rank the first keyword hits, corrected for chance: 0 for random order, 1 for the same order. */
export function agreement(keywords: readonly Hit[], vectors: readonly Hit[]): number {
  const looked = keywords.slice(0, LOOKED_AT);
  const places = new Map(looked.map(({ id }, place) => [id, place]));
  const weights = looked.reduce((sum, _, place) => sum + weightOf(place), 0);
  let agreed = 0;
  for (const [rank, { id }] of vectors.entries()) {
    const place = places.get(id);
    if (place !== undefined) agreed += weightOf(place) * (1 - rank / vectors.length);
  }
  // If one list holds almost all entries, half of it agrees by chance.
  const chance = vectors.length < DEPTH ? 0.5 : 0;
  return Math.max(0, (agreed / weights - chance) / (1 - chance));
}

/** Scales from 0 for the last of the list to 1 for the first. */
function fromLowest(hits: readonly Hit[]): (score: number) => number {
  const highest = hits[0]?.score ?? 0;
  const lowest = hits.length < DEPTH ? Math.min(0, hits.at(-1)?.score ?? 0) : (hits.at(-1)?.score ?? 0);
  return (score) => (highest > lowest ? (score - lowest) / (highest - lowest) : 1);
}

/** Scales from 0 for the least possible score, which short lists keep, to 1 for the first. */
function fromFloor(hits: readonly Hit[], floor: number): (score: number) => number {
  const highest = hits[0]?.score ?? 0;
  return (score) => (highest > floor ? (score - floor) / (highest - floor) : 1);
}
