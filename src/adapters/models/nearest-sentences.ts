import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Passage } from '#core/turn.ts';
import { type Chosen, candidateOf } from './choose-sentences.ts';

/** Passages whose sentences are encoded, and how many of those: 40 take about 30 ms. */
const MOST_PASSAGES = 5;
const MOST_ENCODED = 40;
const MOST_SENTENCES = 3;
/**
 * The least sum of the share of the question's weight that a sentence holds and of its cosine to the question. Of XQuAD's questions over
 * small libraries (its articles, one or four each) this answers .99 of those in English, .98 of those in Chinese and .80 of those in the
 * language that the passages are not in; where the article is not there, .03 of each are answered all the same.
 * English plain questions over libraries of one to three short documents lowered its bound from .515: 19 of 23 are answered in place of 16,
 * and of 72 XQuAD questions whose article is not there one in place of none.
 */
const RELEVANT = { cjk: 0.477, other: 0.48, foreign: 0.32 };
/** The cosine alone that is enough. */
const NEAR = { cjk: 0.38, other: 0.36, foreign: RELEVANT.foreign };
/** The minimum of a further sentence, relative to the best one's sum. */
const ALSO_RELEVANT = 0.8;

/**
 * The sentences that mean what the question asks, best first, where its words alone find none: said in other words, or in another
 * language. `model` is the built-in encoder, for whose cosines the bounds were chosen.
 */
export async function nearestSentences(
  query: string,
  passages: readonly Passage[],
  isCjk: (text: string) => boolean,
  model: EmbeddingModel,
  signal: AbortSignal,
): Promise<readonly Chosen[]> {
  const candidates = passages.slice(0, MOST_PASSAGES).flatMap(candidatesOf).slice(0, MOST_ENCODED);
  if (candidates.length === 0) return [];
  const texts = candidates.map(({ text }) => text);
  const [asked, ...vectors] = await model.embed([query, ...texts], signal, 'query');
  const scored = candidates
    .map((one, place) => {
      const cosine = Math.max(0, product(asked, vectors[place]));
      return { ...one, cosine, score: one.score + cosine };
    })
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (!best) return [];
  const own = isCjk(query) ? 'cjk' : 'other';
  const kind = isCjk(best.text) === isCjk(query) ? own : 'foreign';
  if (best.score < RELEVANT[kind] && best.cosine < NEAR[kind]) return [];
  const near = scored.filter(({ score }) => score >= best.score * ALSO_RELEVANT);
  return near
    .filter(({ text }, place) => near.findIndex((other) => other.text === text) === place)
    .slice(0, MOST_SENTENCES);
}

/** Statements alone, with the share of the question's weight that each holds. */
function candidatesOf(passage: Passage): Chosen[] {
  const scores = new Map((passage.highlights ?? []).map(({ start, score }) => [start, score]));
  return sentences(passage.text)
    .flatMap((span) => candidateOf(passage, { ...span, score: scores.get(span.start) ?? 0 }))
    .filter(({ isStatement }) => isStatement);
}

const product = (one: Float32Array | undefined, other: Float32Array | undefined): number =>
  one && other ? one.reduce((sum, value, index) => sum + value * (other[index] as number), 0) : 0;
