/** Whether two messages say the same, word by word, up to synonyms: nothing is left over, and everything keeps its role. */
import type { Token } from './english.ts';
import { BOUNDARIES, isPast, PREPOSITIONS } from './english-words.ts';
import { lexicon } from './lexicon.ts';

/** Of the words of a message, at most this share may be another word of the same meaning. */
const MOST_SYNONYMS = 0.4;

/**
 * The words stand in one order. A phrase at the beginning or the end of a message may stand elsewhere in the other, as long as it
 * keeps its preposition: `to Paris from Rome`, and not `10 EUR in USD` for `10 USD in EUR`.
 */
export function sameWords(one: readonly Token[], other: readonly Token[]): boolean {
  if (one.length !== other.length || one.length === 0) return false;
  if (sameInOrder(one, other)) return true;
  const [here, there] = [phrasesOf(one), phrasesOf(other)];
  return here.some((phrase) =>
    there.some(
      (second) =>
        (isAtEnd(phrase, one) || isAtEnd(second, other)) &&
        phrase.end - phrase.start === second.end - second.start &&
        sameInOrder(one.slice(phrase.start, phrase.end), other.slice(second.start, second.end)) &&
        sameInOrder(
          one.toSpliced(phrase.start, phrase.end - phrase.start),
          other.toSpliced(second.start, second.end - second.start),
        ),
    ),
  );
}

/** What is left where a phrase went may be nothing: then the phrase was all, and stood in order. */
function sameInOrder(one: readonly Token[], other: readonly Token[]): boolean {
  let synonyms = 0;
  for (const [place, word] of one.entries()) {
    const same = sameWord(word, other[place] as Token, one[place - 1]?.kind === 'NUMBER');
    if (same === 'NO') return false;
    if (same === 'SYNONYM') synonyms += 1;
  }
  return synonyms <= Math.max(1, MOST_SYNONYMS * one.length);
}

interface Phrase {
  readonly start: number;
  readonly end: number;
}
const isAtEnd = ({ start, end }: Phrase, tokens: readonly Token[]): boolean => start === 0 || end === tokens.length;

/** Each preposition with the words that it governs. */
function phrasesOf(tokens: readonly Token[]): Phrase[] {
  const phrases: Phrase[] = [];
  let start = -1;
  for (const [place, { kind, text }] of tokens.entries()) {
    if (kind !== 'MARKER' || !(PREPOSITIONS.has(text) || BOUNDARIES.has(text))) continue;
    if (start >= 0) phrases.push({ start, end: place });
    start = PREPOSITIONS.has(text) ? place : -1;
  }
  if (start >= 0) phrases.push({ start, end: tokens.length });
  return phrases;
}

function sameWord(one: Token, other: Token, isUnit: boolean): 'YES' | 'SYNONYM' | 'NO' {
  if (one.text === other.text) return 'YES';
  if (one.kind === 'NUMBER' || other.kind === 'NUMBER' || one.kind === 'MARKER' || other.kind === 'MARKER') return 'NO';
  if (isPast(one.text) !== isPast(other.text)) return 'NO';
  if (one.forms.some((form) => other.forms.includes(form))) return 'YES';
  if (isUnit || one.kind === 'NAME' || other.kind === 'NAME') return 'NO';
  return areSynonyms(one, other) ? 'SYNONYM' : 'NO';
}

/** The longest form that the lexicon may know decides: `building` is no form of `build` to it where it is a word of its own. */
function areSynonyms(one: Token, other: Token): boolean {
  return one.forms.some((form) => other.forms.some((form2) => lexicon().nearness(form, form2) === 'STRONG'));
}
