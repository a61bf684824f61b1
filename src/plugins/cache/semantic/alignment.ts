/** The words of one message that the other has too, in the same or in another form. */
import type { Token } from './english.ts';
import { baseForms } from './english-words.ts';
import { areNear } from './lexicon.ts';
import { areParaphrases, type Meaning, meaningOf } from './paraphrases.ts';

export interface Pair {
  readonly from: number;
  readonly to: number;
  readonly how: 'SAME' | 'SYNONYM' | 'DERIVED' | 'PARAPHRASE';
}

/** A word and what it may stand for. */
interface Read {
  readonly token: Token;
  readonly meaning: Meaning;
}

export type Alignment = ReturnType<typeof alignment>;

export function alignment(here: readonly Token[], there: readonly Token[]) {
  const pairs: Pair[] = [];
  const [open, free] = [new Set(here.keys()), new Set(there.keys())];
  const [ours, theirs] = [here, there].map((tokens) =>
    tokens.map((token) => ({ token, meaning: meaningOf(token) })),
  ) as [Read[], Read[]];
  for (const [how, matches] of WAYS)
    for (const from of open)
      for (const to of free) {
        if (!matches(ours[from] as Read, theirs[to] as Read)) continue;
        pairs.push({ from, to, how });
        open.delete(from);
        free.delete(to);
        break;
      }
  const rest = (all: readonly Token[], places: ReadonlySet<number>, others: readonly Token[]) =>
    [...places]
      .map((place) => all[place] as Token)
      .filter(
        (token) =>
          !others.some((second) => share(token, second)) &&
          !(
            token.kind === 'NAME' &&
            (isShortFor(token.text, others) ||
              others.some(
                (second) =>
                  (second.kind === 'NAME' && isShortFor(second.text, wordsFrom(all, token))) ||
                  isSameName(token, second),
              ))
          ),
      );
  return {
    pairs,
    left: rest(here, open, there),
    right: rest(there, free, here),
    /** Words of each that have no partner of their own, though the other may have the word elsewhere. */
    alone: [tokensAt(here, open), tokensAt(there, free)] as const,
    bare: [uncovered(ours, open, theirs), uncovered(theirs, free, ours)] as const,
  };
}

const tokensAt = (tokens: readonly Token[], places: ReadonlySet<number>): readonly Token[] =>
  [...places].map((place) => tokens[place] as Token);

/** A word with those around it that may make one name with it. */
const wordsFrom = (all: readonly Token[], token: Token): readonly Token[] => {
  const place = all.indexOf(token);
  return all.slice(Math.max(0, place - MOST_WORDS + 1), place + MOST_WORDS);
};
const MOST_WORDS = 3;

/** `NLP` is short for `natural language processing`, where these words follow each other. */
function isShortFor(name: string, words: readonly Token[]): boolean {
  const initials = words.map(({ text }) => text[0]).join('');
  return /^[a-z]{3,5}$/.test(name) && initials.includes(name);
}

/** `datasets.Table` is `Table`. A word with a capital, such as a heading, may be reworded as others are. */
const isSameName = (one: Token, other: Token): boolean =>
  one.text.endsWith(`.${other.text}`) ||
  other.text.endsWith(`.${one.text}`) ||
  (/^[a-z]+$/.test(one.text) && areParaphrases(meaningOf(one), meaningOf(other)));

/** A name is inflected only where the other message has it as a plain word: `Adams` is not `Adam`. */
export const share = (one: Token, other: Token): boolean => {
  if (one.kind === 'NAME' && other.kind === 'WORD')
    return baseForms(one.text).some((form) => other.forms.includes(form));
  if (one.kind === 'WORD' && other.kind === 'NAME') return share(other, one);
  return one.forms.some((form) => other.forms.includes(form));
};
const areWords = (one: Token, other: Token): boolean => one.kind === 'WORD' && other.kind === 'WORD';
/** Letters that words of one family begin with, and the share of the longer word that they are. */
const FAMILY = { letters: 4, share: 0.55 };
const isDerived = ({ text: one }: Token, { text: other }: Token): boolean => {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  return same >= FAMILY.letters && same >= FAMILY.share * Math.max(one.length, other.length);
};
const WAYS: readonly (readonly [Pair['how'], (one: Read, other: Read) => boolean])[] = [
  ['SAME', ({ token: one }, { token: other }) => one.text === other.text],
  ['SAME', ({ token: one }, { token: other }) => share(one, other)],
  ['SYNONYM', (one, other) => areWords(one.token, other.token) && areNear(one.meaning, other.meaning)],
  ['DERIVED', (one, other) => areWords(one.token, other.token) && isDerived(one.token, other.token)],
  ['PARAPHRASE', (one, other) => areWords(one.token, other.token) && areParaphrases(one.meaning, other.meaning)],
];

/**
 * The words of one message that bear what it says, and for which the other has nothing: none of its words may stand for them. A word
 * of the other may stand for several.
 */
const uncovered = (some: readonly Read[], open: ReadonlySet<number>, others: readonly Read[]): readonly Token[] =>
  [...open].flatMap((place) => {
    const { token, meaning } = some[place] as Read;
    const isCovered =
      meaning.isLight ||
      others.some(
        (other) =>
          token.text === other.token.text ||
          areParaphrases(meaning, other.meaning) ||
          (areWords(token, other.token) && isDerived(token, other.token)),
      );
    return isCovered ? [] : [token];
  });
