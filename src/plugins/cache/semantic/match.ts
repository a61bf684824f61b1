/** The known message that says the same as one that is asked, if there is one. */
import type { Hits } from './bound.ts';
import { compareMessages } from './compare.ts';
import { dot, evidenceOf } from './evidence.ts';
import type { Rewording } from './reworded.ts';
import { type Calibration, inputsOf, priorOf, scoreOf } from './score.ts';
import type { Message } from './utterance.ts';

export interface Known {
  readonly key: string;
  readonly message: Message;
  /** See quantised(); null where none could be made. */
  readonly vector: Int8Array | null;
}

export interface Match<K extends Known = Known> {
  readonly known: K;
  /** Cosine, 0..1; null where the words alone decided. */
  readonly similarity: number | null;
  /** 1 where the messages say the same word by word. */
  readonly score: number;
  /** What hits that looked as this one does are worth. */
  readonly prior: Hits;
}

export interface MatchOptions {
  readonly calibration: Calibration;
  /** Of the message that is asked; null without an embedder. */
  readonly vector: Float32Array | null;
  /** Vectors of words and phrases. */
  embed(words: readonly string[]): Promise<readonly Float32Array[]>;
}

/** Candidates whose words are compared, and rewordings whose left-over words are. */
const MOST_COMPARED = 12;
const MOST_REWORDED = 4;
/** Cosine under which nothing is compared. */
const LEAST_SIMILAR = 0.4;

export async function bestMatch<K extends Known>(
  asked: Message,
  known: Iterable<K>,
  { calibration, vector, embed }: MatchOptions,
): Promise<Match<K> | undefined> {
  const all = [...known];
  const equal = all.findLast(({ message }) => message.form === asked.form);
  if (equal) return { known: equal, similarity: null, score: 1, prior: priorOf(calibration, 1) };
  if (!vector) return undefined;
  const reworded: { readonly candidate: K; readonly similarity: number; readonly rewording: Rewording }[] = [];
  for (const { candidate, similarity } of nearest(vector, all)) {
    const compared = compareMessages(asked, candidate.message);
    if (compared.kind === 'SAME') return { known: candidate, similarity, score: 1, prior: priorOf(calibration, 1) };
    if (compared.kind === 'REWORDED') reworded.push({ candidate, similarity, rewording: compared.rewording });
  }
  let best: Match<K> | undefined;
  for (const { candidate, similarity, rewording } of reworded.slice(0, MOST_REWORDED)) {
    const texts = { asked: asked.text, known: candidate.message.text };
    const likeTo = {
      asked: (other: Float32Array) => dot(vector, other),
      known: (other: Float32Array) => (candidate.vector ? cosine(other, candidate.vector) : 0),
    };
    const evidence = await evidenceOf({ rewording, texts, similarity, likeTo }, embed);
    const score = scoreOf(calibration, inputsOf(rewording, evidence));
    if (score > (best?.score ?? 0)) best = { known: candidate, similarity, score, prior: priorOf(calibration, score) };
  }
  return best;
}

function nearest<K extends Known>(vector: Float32Array, known: readonly K[]) {
  const scored = known.flatMap((candidate) => {
    const similarity = candidate.vector ? cosine(vector, candidate.vector) : 0;
    return similarity >= LEAST_SIMILAR ? [{ candidate, similarity: Math.min(1, similarity) }] : [];
  });
  return scored.sort((a, b) => b.similarity - a.similarity).slice(0, MOST_COMPARED);
}

/** Components of unit vectors are small: what is over a quarter is cut. */
const SCALE = 508;
export const quantised = (vector: Float32Array): Int8Array =>
  Int8Array.from(vector, (value) => Math.max(-127, Math.min(127, Math.round(value * SCALE))));

function cosine(one: Float32Array, other: Int8Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place += 1) sum += (one[place] as number) * (other[place] as number);
  return sum / SCALE;
}
