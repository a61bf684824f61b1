/** How what keywords and what vectors found becomes one list. */
import type { Hit } from '../engines/engine.ts';

/** How far each leg looks. */
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
  /** What vectors weigh, 0..1; keywords weigh the rest. */
  readonly vectorShare: number;
}

/**
 * Who weighs how much. `adaptive`: by how far the best of each leg stands out from its others; `prior` is what vectors weigh beside
 * keywords when both do so equally, and `trust` what of that is left. `given`: as asked.
 */
export type Weighting =
  | {
      readonly type: 'adaptive';
      readonly prior: number;
      readonly trust: (agreement: number) => number;
      /** What vectors weigh at least, 0..1; 0 where absent. */
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
 * By how many standard deviations the best stands over the mean. A leg that knows what the ones that it did not find would score
 * (`floor`) counts them up to `among`: one passage found by keywords among many stands out clearly.
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

/** How high vectors rank what keywords rank first, beyond what chance would do: 0 for not at all, 1 for the same order. */
export function agreement(keywords: readonly Hit[], vectors: readonly Hit[]): number {
  const looked = keywords.slice(0, LOOKED_AT);
  const places = new Map(looked.map(({ id }, place) => [id, place]));
  const weights = looked.reduce((sum, _, place) => sum + weightOf(place), 0);
  let agreed = 0;
  for (const [rank, { id }] of vectors.entries()) {
    const place = places.get(id);
    if (place !== undefined) agreed += weightOf(place) * (1 - rank / vectors.length);
  }
  // Where one list holds nearly all there is, half of it agrees by chance.
  const chance = vectors.length < DEPTH ? 0.5 : 0;
  return Math.max(0, (agreed / weights - chance) / (1 - chance));
}

/** From 0 for the last of the list to 1 for the first. */
function fromLowest(hits: readonly Hit[]): (score: number) => number {
  const highest = hits[0]?.score ?? 0;
  const lowest = hits.length < DEPTH ? Math.min(0, hits.at(-1)?.score ?? 0) : (hits.at(-1)?.score ?? 0);
  return (score) => (highest > lowest ? (score - lowest) / (highest - lowest) : 1);
}

/** From 0 for the least that a score can be, which is kept where a list is short, to 1 for the first. */
function fromFloor(hits: readonly Hit[], floor: number): (score: number) => number {
  const highest = hits[0]?.score ?? 0;
  return (score) => (highest > floor ? (score - floor) / (highest - floor) : 1);
}
