import snowball from 'snowball-stemmers';
import { codeTokens, numberForms } from './code-tokens.ts';
import { STOP_WORDS } from './stop-words.ts';
import { simplified } from './traditional.ts';

/** Part of every index's header: an index made with another version is rebuilt. */
export const TOKENISER_VERSION = 9;

/** Scripts without spaces between words. The long vowel mark of Katakana has no script property. */
export const CJK = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}ー]';
export const LETTER = `[[\\p{L}\\p{M}\\p{N}]--${CJK}]`;
/**
 * A run of CJK; or a word: letters and digits, joined by single . - or ' (thousands by a comma), perhaps with a dot before
 * (.net) or pluses or a sharp after (c++, f#). Letters and joints have nothing in common, so matching is linear.
 */
const RUNS = new RegExp(
  `${CJK}+|(?:(?<![\\p{L}\\p{N}.])\\.(?=\\p{L}))?${LETTER}+(?:(?:[\\-.'’]|(?<=\\p{N}),(?=\\p{N}{3}))${LETTER}+)*(?:\\+{1,2}|#)?`,
  'gv',
);
const STARTS_CJK = new RegExp(`^${CJK}`, 'v');
const JOINTS = /[-.]/;
/** Joined, it names something. Where words alone are joined (anti-inflammatory), the whole would weigh like one more rare word. */
const NAME = /[.\d]/;
/** Word boundaries in a camelCase name. */
const HUMPS = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
/** Minimum length of a part that is also a token. */
const LEAST_PART = 3;
const NUMBER = /^\d+(?:,\d{3})*(?:\.\d+)?$/;
const LATIN_WITH_MARKS = /^(?=.*[^\0-\x7f])[\p{Script=Latin}\p{M}\p{N}]+$/v;

/** UTF-16 code units. What is longer is no word but data, and goes by its beginning. */
const LONGEST = 64;
/** Maximum number of words with remembered tokens, in each of two generations. Numbers need no stemming and are not remembered. */
const MOST_KNOWN = 100_000;

const stemmer = snowball.newStemmer('english');

/**
 * The only tokeniser, for every engine, for texts and queries: NFKC (full width becomes half), lower case. Latin words lose
 * their accents and are stemmed by Snowball English, without stop words unless in capitals (WHO). Words joined by . or -
 * give their parts, and a name or number (node.js, GPT-4) also a whole token, so that `node` finds `node.js`; camelCase names too.
 * A letter with + or # is one token: C++ is not C.
 * Codes and numbers give one more token, which is the same for every grouping: see code-tokens.ts.
 * CJK runs give their characters and their pairs. Traditional ones become simplified: 圖書館 is 图书馆.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const normal = text.normalize('NFKC');
  for (const run of normal.match(RUNS) ?? []) {
    if (startsWithCjk(run)) pushCharacters(simplified(run), tokens);
    else for (const token of wordTokens(run)) tokens.push(token);
  }
  for (const token of codeTokens(normal)) tokens.push(token);
  return tokens;
}

/** No character before Hangul's first letter is CJK: most words need no further check. */
const FIRST_CJK = 0x1100;
const startsWithCjk = (run: string): boolean => run.charCodeAt(0) >= FIRST_CJK && STARTS_CJK.test(run);

/** True for a pair of CJK characters, which is more specific than a single one. */
export const isCjkPair = (token: string): boolean => startsWithCjk(token) && token.length > widthAt(token, 0);
export const isCjkSingle = (token: string): boolean => startsWithCjk(token) && token.length === widthAt(token, 0);

/** UTF-16 code units of the character. */
const widthAt = (text: string, place: number): number => ((text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1);

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

let known = new Map<string, readonly string[]>();
/** The older generation. A word that occurs again moves to the newer one, so that frequent words stay. */
let knownBefore = known;
function wordTokens(run: string): readonly string[] {
  if (run.length > LONGEST || isDigit(run.charCodeAt(0))) return wordParts(run);
  const remembered = known.get(run);
  if (remembered) return remembered;
  // A copy: V8 holds a string that was cut out of a text, and with it the whole text, for as long as the word is remembered.
  const word = Buffer.from(run).toString();
  const tokens = knownBefore.get(word) ?? wordParts(word);
  if (known.size >= MOST_KNOWN) {
    knownBefore = known;
    known = new Map();
  }
  known.set(word, tokens);
  return tokens;
}

function wordParts(run: string): readonly string[] {
  const tokens: string[] = [];
  pushWord(run, tokens);
  return tokens.slice(); // without the room that pushing makes for more
}

function pushWord(run: string, tokens: string[]): void {
  const word = run.toLowerCase();
  if (VERSION.test(word)) pushVersion(word.replace(/^v/, ''), tokens);
  else if (NUMBER.test(word)) pushNumber(clipped(word.replaceAll(',', '')), tokens);
  else if (/[+#]$/.test(word)) pushMarked(word, tokens);
  else if (JOINTS.test(word)) pushJoined(run, word, tokens);
  else {
    pushPlain(word, tokens, run.length > 1 && run === run.toUpperCase());
    pushHumps(run, tokens);
    for (const part of codeParts(run)) pushPlain(part.toLowerCase(), tokens, false);
  }
}

/** 2.3.1 and v2.3.1, whose single numbers are those of many others. It is one of 2.3 too, see `versionsOf`. */
const VERSION = /^(?:v\d+(?:\.\d+)*|\d+(?:\.\d+){2,})$/;

function pushVersion(version: string, tokens: string[]): void {
  tokens.push(clipped(version));
  const [major, minor, ...rest] = version.split('.');
  if (rest.length > 0) tokens.push(clipped(`${major}.${minor}${OF_VERSION}`));
}

const OF_VERSION = '.x';
/** Of a question for 2.3: a token that all of its versions have, such as 2.3.1; those that are 2.3 itself have its own. */
export const versionsOf = (token: string): string | null =>
  /^\d{1,3}\.\d{1,3}$/.test(token) ? token + OF_VERSION : null;

function pushNumber(number: string, tokens: string[]): void {
  tokens.push(number);
  for (const form of numberForms(number)) tokens.push(form);
}

/** The parts of SKU8847 and 42A: letters and digits, with two or more of either. Not of round28 or mp3. */
function codeParts(run: string): string[] {
  if (!/^(?:\p{Lu}+\d{2,}|\d{2,}\p{Lu}{1,2})$/u.test(run) || run.length > LONGEST) return [];
  return (run.match(/\d+|\p{L}+/gu) ?? []).filter((part) => part.length > 1);
}

/** c++ and f# are words of their own; notepad++ and 100+ are found without their marks too. */
function pushMarked(word: string, tokens: string[]): void {
  const parts = word.split(JOINTS).filter((part) => part !== '');
  const base = (parts.pop() ?? '').replace(/(?:\+{1,2}|#)$/, '');
  const marked = word.slice(word.lastIndexOf(base));
  tokens.push(clipped(marked));
  if (base.length > 1) pushPlain(base, tokens, false);
  for (const part of parts) pushPlain(part, tokens, false);
}

function pushJoined(run: string, word: string, tokens: string[]): void {
  const parts: string[] = [];
  for (const part of run.split(JOINTS)) {
    if (part === '') continue;
    pushPlain(part.toLowerCase(), parts, false);
    pushHumps(part, parts);
  }
  // No part of "to-do" carries a topic.
  if (NAME.test(word) || parts.length === 0) tokens.push(clipped(withoutHyphens(withoutApostrophes(word))));
  for (const part of parts) tokens.push(part);
}

function pushHumps(run: string, tokens: string[]): void {
  if (run.length > LONGEST) return;
  const parts = run.split(HUMPS);
  if (!isCamelCase(parts)) return;
  for (const part of parts) if (part.length >= LEAST_PART) pushPlain(part.toLowerCase(), tokens, false);
}

/** True for names in code: parseFile, toString, HTMLParserOptions. Not siRNA, iPhone or BSkyB, nor JavaScript, which is not Java. */
function isCamelCase([first = '', second = '', ...others]: readonly string[]): boolean {
  const isLong = (part: string) => part.length >= LEAST_PART;
  if (others.length > 0) return [first, second, ...others].filter(isLong).length > 1;
  return /^\p{Ll}{2}/u.test(first) && isLong(second) && (isLong(first) || /\p{Ll}/u.test(second));
}

function pushPlain(word: string, tokens: string[], inCapitals: boolean): void {
  const plain = withoutAccents(withoutApostrophes(word));
  if (plain === '' || (STOP_WORDS.has(plain) && !inCapitals)) return;
  tokens.push(plain.length > LONGEST ? clipped(plain) : stemmer.stem(plain));
}

const withoutApostrophes = (word: string): string =>
  /['’]/.test(word) ? word.replace(/['’]s$/, '').replace(/['’]/g, '') : word;
/** GPT-4 is GPT4; node.js and to-do stay. */
const withoutHyphens = (word: string): string => (/\d/.test(word) ? word.replaceAll('-', '') : word);
const withoutAccents = (word: string): string =>
  LATIN_WITH_MARKS.test(word) ? word.normalize('NFD').replace(/\p{M}/gu, '') : word;
const clipped = (word: string): string => (word.length > LONGEST ? word.slice(0, LONGEST) : word);

function pushCharacters(run: string, tokens: string[]): void {
  let former = -1;
  for (let place = 0; place < run.length; ) {
    const end = place + widthAt(run, place);
    tokens.push(run.slice(place, end));
    if (former >= 0) tokens.push(run.slice(former, end));
    former = place;
    place = end;
  }
}
