/** What vectors tell of a rewording: of its words, of the places where it differs, and of the messages without a word. */
import type { Rewording } from './reworded.ts';
import type { Evidence } from './score.ts';

export interface Compared {
  readonly rewording: Pick<Rewording, 'slots' | 'bare'>;
  readonly texts: { readonly asked: string; readonly known: string };
  /** Cosine of both. */
  readonly similarity: number;
  /** Cosine of a vector to one of the messages. */
  readonly likeTo: { asked(vector: Float32Array): number; known(vector: Float32Array): number };
}
export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** Places that are looked at, and words of each message. */
const MOST_SLOTS = 16;
const MOST_BARE = 8;
/** Words of each message without which it is encoded again. That is what takes longest. */
const MOST_LEFT_OUT = 3;

export async function evidenceOf({ rewording, texts, similarity, likeTo }: Compared, embed: Embed): Promise<Evidence> {
  const slots = rewording.slots.slice(0, MOST_SLOTS);
  const [left, right] = rewording.bare.map((words) => words.slice(0, MOST_BARE)) as [string[], string[]];
  const without = (text: string, words: readonly string[]) =>
    words.slice(0, MOST_LEFT_OUT).map((word) => withoutWord(text, word));
  const [askedLess, knownLess] = [without(texts.asked, left), without(texts.known, right)];
  const shown = (words: readonly string[]) => words.map((word) => word.replaceAll('_', ' '));
  const vectors = await embed([...slots.flat(), ...shown(left), ...shown(right), ...askedLess, ...knownLess]);
  const rest = [...vectors];
  const take = (count: number) => rest.splice(0, count);
  const pairs = take(2 * slots.length);
  const [ours, theirs] = [take(left.length), take(right.length)];
  const [askedVectors, knownVectors] = [take(askedLess.length), take(knownLess.length)];
  const apart = slots.map((_slot, place) => unlikeness(pairs[2 * place], pairs[2 * place + 1]));
  const [one = 0, other = 0] = [farthest(ours, theirs), farthest(theirs, ours)];
  const foreign = [
    ...askedVectors.map((vector) => likeTo.known(vector) - similarity),
    ...knownVectors.map((vector) => likeTo.asked(vector) - similarity),
  ].map((rise) => Math.max(0, rise));
  return {
    similarity,
    worstSlot: Math.max(0, ...apart),
    slots: apart.length === 0 ? 0 : sum(apart) / apart.length,
    unlike: Math.min(one, other),
    unlikeMost: Math.max(one, other),
    foreign: Math.max(0, ...foreign),
    foreignAll: sum(foreign),
  };
}

/** A text without the first occurrence of a word; of a verb with its particle, the verb goes. */
function withoutWord(text: string, word: string): string {
  const [first = ''] = word.split('_', 1);
  const lower = text.toLowerCase();
  const isPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_]/u.test(character);
  for (let at = lower.indexOf(first); at >= 0 && first !== ''; at = lower.indexOf(first, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + first.length]))
      return `${text.slice(0, at)}${text.slice(at + first.length).trimStart()}`;
  return text;
}

/** Of each vector, how far the nearest of the others is; of these, the greatest. */
function farthest(some: readonly Float32Array[], others: readonly Float32Array[]): number {
  return Math.max(0, ...some.map((vector) => Math.min(1, ...others.map((other) => unlikeness(vector, other)))));
}

const unlikeness = (one: Float32Array | undefined, other: Float32Array | undefined): number =>
  one && other ? 1 - Math.max(0, dot(one, other)) : 1;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function dot(one: Float32Array, other: Float32Array): number {
  let total = 0;
  for (let place = 0; place < one.length; place += 1) total += (one[place] as number) * (other[place] as number);
  return total;
}
