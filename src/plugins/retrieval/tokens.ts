import snowball from 'snowball-stemmers';
import { STOP_WORDS } from './stop-words.ts';

/** Part of every index's header: an index made with another version is rebuilt. */
export const TOKENISER_VERSION = 1;

const RUNS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|[\p{L}\p{M}\p{N}]+(?:[-.+#'’][\p{L}\p{M}\p{N}]+)*(?:\+\+|#)?/gu;
const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const JOINED = /[-.+#]/;
const MOST_STEMS = 50_000;

const stemmer = snowball.newStemmer('english');
const stems = new Map<string, string>();
function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= MOST_STEMS) stems.clear();
  const stemmed = stemmer.stem(word);
  stems.set(word, stemmed);
  return stemmed;
}

/**
 * The one tokeniser of every engine: NFKC (so full width is half), lower case; Latin words stemmed by Snowball English, without
 * stop words; runs of CJK as single characters and pairs. What is joined by . - + # stands whole and in its parts, so that C++
 * is not C, and `node.js` is found by `node`.
 */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(RUNS)) {
    if (CJK.test(run)) cjkTokens(run, tokens);
    else latinTokens(run, tokens);
  }
  return tokens;
}

function latinTokens(run: string, tokens: string[]): void {
  const word = run.replace(/['’]s?$|['’](?=s$)s$/, '').replace(/['’]/g, '');
  if (!JOINED.test(word)) {
    if (!STOP_WORDS.has(word)) tokens.push(stem(word));
    return;
  }
  tokens.push(word);
  if (/[+#]$/.test(word)) return;
  for (const part of word.split(JOINED)) if (part !== '' && !STOP_WORDS.has(part)) tokens.push(stem(part));
}

function cjkTokens(run: string, tokens: string[]): void {
  let former = '';
  for (const character of run) {
    tokens.push(character);
    if (former !== '') tokens.push(former + character);
    former = character;
  }
}
