import { remembered } from '#core/text/remembered.ts';
import { sentences } from '#core/text/sentences.ts';
import { isFunctionWord, negatedWords } from '#core/text/words.ts';
import { stemsIn } from '../facts/antonyms.ts';
import { plainText } from '../facts/plain-text.ts';
import { type Quantity, quantitiesIn } from '../facts/quantities.ts';
import { wordsOf } from '../facts/words.ts';

/** A sentence of the context. */
export interface Source {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  /** The index of its text. */
  readonly within: number;
}

/** The context of an answer, parsed once. */
export interface Context {
  readonly sources: readonly Source[];
  /** All words in order, across all texts. */
  readonly sequence: readonly string[];
  readonly words: ReadonlySet<string>;
  /** Which sources have a word. */
  readonly having: ReadonlyMap<string, readonly number[]>;
  readonly text: string;
  readonly lower: string;
  readonly quantities: readonly (readonly Quantity[])[];
  /** Words that it denies. */
  readonly denied: ReadonlySet<string>;
  /** Its words that have opposites, as stems. */
  readonly opposites: ReadonlySet<string>;
}

/** UTF-16 code units, and sentences, that are read of a context; what comes after them counts as absent. */
const LONGEST = 200_000;
const MOST_SOURCES = 2000;

/** A sentence of one text. */
interface Sentence {
  readonly text: string;
  readonly inOrder: readonly string[];
  readonly words: ReadonlySet<string>;
  readonly quantities: readonly Quantity[];
}

/** One text of a context. */
interface Passage extends Pick<Context, 'text' | 'denied' | 'opposites'> {
  readonly sentences: readonly Sentence[];
}

/** Passages come again with the next answers. */
const readText = remembered(
  (whole: string): Passage => {
    const text = plainText(whole);
    return {
      text,
      denied: negatedWords(text),
      opposites: stemsIn(text),
      sentences: sentences(text)
        .slice(0, MOST_SOURCES)
        .map(({ start, end }) => {
          const sentence = text.slice(start, end);
          const inOrder = wordsOf(sentence);
          return { text: sentence, inOrder, words: new Set(inOrder), quantities: quantitiesIn(sentence) };
        }),
    };
  },
  { longest: 8_000, characters: 500_000 },
);

export function readContext(texts: readonly string[]): Context {
  const sources: Source[] = [];
  const having = new Map<string, number[]>();
  const sequence: string[] = [];
  const quantities: (readonly Quantity[])[] = [];
  const denied = new Set<string>();
  const opposites = new Set<string>();
  let room = LONGEST;
  const read: string[] = [];
  for (const [within, whole] of texts.entries()) {
    const { text, sentences: those, ...passage } = readText(whole.slice(0, room));
    for (const word of passage.denied) denied.add(word);
    for (const stem of passage.opposites) opposites.add(stem);
    room -= text.length;
    read.push(text);
    for (const { text: source, inOrder, words, quantities: stated } of those.slice(0, MOST_SOURCES - sources.length)) {
      for (const word of words) {
        const places = having.get(word);
        if (places) places.push(sources.length);
        else having.set(word, [sources.length]);
      }
      for (const word of inOrder) sequence.push(word);
      sources.push({ text: source, words, within });
      quantities.push(stated);
    }
    if (room <= 0) break;
  }
  const text = read.join('\n');
  return {
    sources,
    sequence,
    words: new Set(having.keys()),
    having,
    text,
    lower: text.toLowerCase(),
    ...{ quantities, denied, opposites },
  };
}

/** The share of a claim's weight that each source holds; a word weighs more the fewer sources have it. */
export interface Alignment {
  readonly best: number;
  readonly share: number;
  /** The best source's share of the words that occur anywhere in the context. */
  readonly ofKnown: number;
  /** The share together with the sentence after the best one. */
  readonly pairShare: number;
  readonly shares: Float64Array;
}

const FUNCTION_WORD_WEIGHT = 0.2;

export function align(words: ReadonlySet<string>, { sources, having }: Context): Alignment {
  const shares = new Float64Array(sources.length);
  const pairs = new Float64Array(sources.length);
  let total = 0;
  let found = 0;
  for (const word of words) {
    const places = having.get(word) ?? [];
    const weight =
      Math.log(1 + (sources.length + 1) / (places.length + 0.5)) * (isFunctionWord(word) ? FUNCTION_WORD_WEIGHT : 1);
    total += weight;
    if (places.length > 0) found += weight;
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] as number;
      shares[place] = (shares[place] as number) + weight;
      pairs[place] = (pairs[place] as number) + weight;
      if (place > 0 && places[index - 1] !== place - 1) pairs[place - 1] = (pairs[place - 1] as number) + weight;
    }
  }
  let best = -1;
  for (const [index, share] of shares.entries()) {
    shares[index] = total > 0 ? share / total : 0;
    if (best < 0 || (shares[index] as number) > (shares[best] as number)) best = index;
  }
  return {
    best,
    share: best < 0 ? 0 : (shares[best] as number),
    ofKnown: best < 0 || found === 0 ? 0 : ((shares[best] as number) * total) / found,
    pairShare: best < 0 || total === 0 ? 0 : Math.max(pairs[best] as number, pairs[best - 1] ?? 0) / total,
    shares,
  };
}
