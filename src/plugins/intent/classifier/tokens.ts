/** Words of a message, for comparing and for n-grams. */
import { remembered } from '#core/text/remembered.ts';

const CJK_SCRIPTS = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';
const CJK = new RegExp(`^[${CJK_SCRIPTS}]`, 'u');
const TOKENS = new RegExp(`[${CJK_SCRIPTS}]|[[\\p{L}\\p{M}]--[${CJK_SCRIPTS}]]+(?:'\\p{L}+)*|\\p{N}+|[?!]`, 'gv');

/** The intent of a message is in its first and its last sentences: a longer message is read at both. UTF-16 code units. */
const READ_AT_START = 1_200;
const READ_AT_END = 400;

/** The part of a message that is analysed, in Unicode NFKC: full-width question marks become `?`. */
export function readable(text: string): string {
  // Some characters become 18 in NFKC, so the length is bounded before and after.
  return bounded(bounded(text).normalize('NFKC')).replaceAll('’', "'");
}

/** What is remembered of texts: about one message, while it is analysed. */
export const ONE_MESSAGE = { longest: 1_900, characters: 2_000 };

const bounded = (text: string): string =>
  text.length > READ_AT_START + READ_AT_END
    ? `${text.slice(0, READ_AT_START)}\n${text.slice(1 - READ_AT_END)}`.toWellFormed()
    : text;

/** Words in lower case, one character each for CJK scripts, `0` for any number, `?` and `!`. Each classifier reads those of one message. */
export const tokensOf: (text: string) => readonly string[] = remembered(
  (text) => (readable(text).toLowerCase().match(TOKENS) ?? []).map((token) => (/^\p{N}/u.test(token) ? '0' : token)),
  ONE_MESSAGE,
);

export const isCjkToken = (token: string): boolean => CJK.test(token);
