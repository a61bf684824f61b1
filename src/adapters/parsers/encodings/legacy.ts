import { unreadable } from '../failures.ts';
import { ENCODINGS, type Encoding, type Language } from './alphabets.ts';
import { eastAsianGuesses, type Guess } from './east-asian.ts';
import { likelihood } from './trigrams.ts';

/** The minimum score of the best text, and its minimum lead over the next one with another reading. */
const EAST_ASIAN_FIT = 0.42;
/** The same, where the text may be of an alphabet too. */
const EAST_ASIAN_FIT_BESIDE = 0.55;
const EAST_ASIAN_MARGIN = 0.1;
const ALPHABET_FIT = 0.8;
const MARGIN = 0.25;
/** Words that are less likely than this are none of the language. */
const UNLIKELY = -9.2;
const FEW_LETTERS = 4;
/** Words that are looked at. */
const MOST_WORDS = 2_000;

const NAMES: Readonly<Record<string, string>> = {
  'koi8-u': 'KOI8-R',
  gb18030: 'GBK',
  macintosh: 'Mac OS Roman',
  ibm866: 'CP866',
};
const nameOf = (encoding: string): string => NAMES[encoding] ?? encoding;

/**
 * Finds the encoding of a text that is no UTF-8 and declares none: the one in which its words are words of a language. Throws if no
 * encoding is clearly best, and names the candidates: a wrong one would give unreadable text.
 */
export function legacyEncoding(sample: Uint8Array): string {
  const [east, second] = eastAsianGuesses(sample);
  const [best, next] = differing(alphabeticGuesses(sample));
  const bytes = sample.reduce((count, byte) => count + (byte < 0x80 ? 0 : 1), 0);
  const isFew = bytes < FEW_BYTES;
  const isEast = east !== undefined && east.fit >= (best ? EAST_ASIAN_FIT_BESIDE : EAST_ASIAN_FIT);
  if (best && !(isEast && best.likely < UNLIKELY)) {
    if (isFew && east && east.fit >= EAST_ASIAN_FIT && east.text !== best.text)
      throw doubt([best.encoding, east.encoding]);
    if (isClear(best, next, isFew)) return best.encoding;
    throw doubt([best.encoding, next?.encoding ?? '']);
  }
  if (!isEast) throw doubt([]);
  const margin = EAST_ASIAN_MARGIN * (isFew ? OF_FEW : 1);
  if (second && second.fit >= east.fit - margin) throw doubt([east.encoding, second.encoding]);
  if (isFew && best && (east.fit < EAST_ASIAN_SURE || bytes < 4)) throw doubt([east.encoding, best.encoding]);
  return east.encoding;
}

/** Fewer bytes over 0x7f than this are a word or two, which may be words of several languages: the margins are wider. */
const FEW_BYTES = 10;
const OF_FEW = 3;
/** Every character is a frequent one, or nearly. */
const EAST_ASIAN_SURE = 0.9;

/** True if the best reading leads by enough. A few letters in words of no known language do not decide. */
function isClear(best: Alphabetic, next: Alphabetic | undefined, isFew: boolean): boolean {
  const isUnlikely = best.likely < UNLIKELY;
  if (isUnlikely && best.letters < FEW_LETTERS && (next || best.encoding !== 'windows-1252')) return false;
  return !next || next.score < best.score - (isUnlikely || isFew ? OF_FEW : 1) * MARGIN;
}

export function doubt(encodings: readonly string[]): Error {
  const may = encodings.length > 0 ? `; it may be ${encodings.map(nameOf).join(' or ')}` : '';
  return unreadable(`The encoding of the text could not be told${may}. Save the file as UTF-8 and upload it again`);
}

interface Alphabetic extends Guess {
  readonly language: string;
  readonly likely: number;
  readonly score: number;
  /** Number of the language's letters over 0x7f in the text. */
  readonly letters: number;
}

/** The text in each encoding of one byte and each of its languages, the likeliest first. */
function alphabeticGuesses(sample: Uint8Array): Alphabetic[] {
  const guesses = ENCODINGS.flatMap((encoding): Alphabetic[] => {
    const text = new TextDecoder(encoding.name).decode(sample);
    if (/[\ufffd\u0080-\u009f\ue000-\uf8ff]/u.test(text)) return [];
    const words = wordsOf(text);
    const accented = words.filter((word) => /[^\0-\x7f]/.test(word));
    const wrong = wrongPlaces(text, accented, encoding);
    return encoding.languages.flatMap((language) => {
      const fit = fitOf(text, wrong, language);
      if (fit < ALPHABET_FIT) return [];
      const small = accented.map((word) => word.toLowerCase());
      const likely = likelihood([...small, ...words.map((word) => word.toLowerCase())], language.code);
      const score = likely + 5 * (fit - 1) - encoding.rarity - rarityOf(small, language);
      return [
        {
          encoding: encoding.name,
          text,
          fit,
          language: language.code,
          likely,
          score,
          letters: lettersIn(text, language),
        },
      ];
    });
  });
  // Encodings of one language that differ in few letters: where one gives a letter, the other gives a sign.
  const most = new Map<string, number>();
  for (const { language, letters } of guesses) most.set(language, Math.max(letters, most.get(language) ?? 0));
  return guesses.filter(({ language, letters }) => letters === most.get(language)).sort((a, b) => b.score - a.score);
}

const lettersIn = (text: string, { letters }: Language): number =>
  text.match(new RegExp(`[${letters}${letters.toUpperCase()}]`, 'gu'))?.length ?? 0;

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}]+/gu)?.slice(0, MOST_WORDS) ?? [];

/** Characters that occur in texts besides letters. */
const SIGNS = /[\s\u00a0“”„‚‘’‹›«»–—…•·€£$§°±²³µ¶©®™×÷½¼¾ªº¿¡№†‰]/u;
/** A capital within a word after a small letter, a sign between two letters, and one that touches a letter: what a wrong reading gives. */
const CAPITAL_WITHIN = /\p{Ll}\p{Lu}/gu;
const SIGN_WITHIN = /\p{L}[^\p{L}\p{M}\p{N}\s\0-\x7f’‘·\u00ad–—]\p{L}/gu;
const SIGN_TOUCHES =
  /[§¶¾¼½¤¦¨¯¸¬¢¥±©®™«…•†‡‰°·](?=\p{L})|(?<=\p{L})[¶¾¼½¤¦¨¯¸¬¢¥±¿¡„‚«‘†‡•µ]|(?<=\p{Ll})[ªº¹²³](?=\p{Ll})/gu;
/** Signs in a row, as letters of another alphabet look. Two stand together in quotations. */
const MANY_SIGNS = /[^\0-\x7f\p{L}\p{M}\s]{3,}/gu;
const TWO_SCRIPTS = /[a-z][^\0-\x7f]|[^\0-\x7f][a-z]/giu;

function wrongPlaces(text: string, accented: readonly string[], { isOtherScript }: Encoding): number {
  const within = (pattern: RegExp) => accented.reduce((sum, word) => sum + (word.match(pattern)?.length ?? 0), 0);
  return (
    within(CAPITAL_WITHIN) +
    (isOtherScript ? within(TWO_SCRIPTS) : 0) +
    (text.match(SIGN_WITHIN)?.length ?? 0) +
    (text.match(SIGN_TOUCHES)?.length ?? 0) +
    2 * (text.match(MANY_SIGNS)?.length ?? 0)
  );
}

/** The share of a text's characters over 0x7f that this language has, in words as it writes them. */
function fitOf(text: string, wrong: number, { letters, rare = '' }: Language): number {
  const known = new RegExp(`[${letters}${rare}${letters.toUpperCase()}${rare.toUpperCase()}]`, 'u');
  let all = 0;
  let right = 0;
  for (const character of text) {
    if (character < '\u0080') continue;
    all += 1;
    if (known.test(character) || SIGNS.test(character)) right += 1;
  }
  return all === 0 ? 0 : (right - wrong) / all;
}

/** The mean rank of the letters over 0x7f in the language's order of frequency: 0 for the first. */
function rarityOf(words: readonly string[], { letters }: Language): number {
  let sum = 0;
  let number = 0;
  for (const character of words.join('')) {
    if (character < '\u0080') continue;
    const rank = letters.indexOf(character);
    sum += rank < 0 ? 12 : rank;
    number += 1;
  }
  return number === 0 ? 0 : (0.1 * sum) / number;
}

/** The best, and the next that gives another text. */
function differing(guesses: readonly Alphabetic[]): [Alphabetic | undefined, Alphabetic | undefined] {
  const [best] = guesses;
  return [best, guesses.find(({ text }) => text !== best?.text)];
}
