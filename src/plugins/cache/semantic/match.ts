/** The known message that says the same as one that is asked, if there is one. */
import type { Hits } from './bound.ts';
import { compareMessages } from './compare.ts';
import type { Rewording } from './reworded.ts';
import { type Calibration, inputsOf, priorOf, scoreOf, type Unlikeness } from './score.ts';
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
    const score = scoreOf(calibration, inputsOf(rewording, similarity, await unlikeness(rewording, embed)));
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

/** Places that are looked at. */
const MOST_SLOTS = 16;

export async function unlikeness({ left, right, slots }: Rewording, embed: MatchOptions['embed']): Promise<Unlikeness> {
  const some = slots.slice(0, MOST_SLOTS);
  const vectors = await embed([...left, ...right, ...some.flat()]);
  const apart = some.map((_slot, place) => {
    const at = left.length + right.length + 2 * place;
    return 1 - Math.max(0, dot(vectors[at] as Float32Array, vectors[at + 1] as Float32Array));
  });
  return {
    words: unlikeWords(vectors.slice(0, left.length), vectors.slice(left.length, left.length + right.length)),
    worst: Math.max(0, ...apart),
    slots: apart.length === 0 ? 0 : apart.reduce((sum, value) => sum + value, 0) / apart.length,
  };
}

function unlikeWords(here: readonly Float32Array[], there: readonly Float32Array[]): number {
  if (here.length + there.length === 0) return 0;
  if (here.length === 0 || there.length === 0) return 1;
  const likeness = here.map((one) => there.map((other) => dot(one, other)));
  const best = [
    ...likeness.map((row) => Math.max(...row)),
    ...there.map((_one, place) => Math.max(...likeness.map((row) => row[place] as number))),
  ];
  return 1 - Math.max(0, best.reduce((sum, value) => sum + value, 0) / best.length);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place += 1) sum += (one[place] as number) * (other[place] as number);
  return sum;
}
