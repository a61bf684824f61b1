import { isCjk, isFunctionWord } from './words.ts';

/** End marks of a statement with closing brackets and quotes. Matched against the last few characters. */
const ENDED = /[.!?…。！？；][)\]"'”’»」』）】》〉*_`]*$/;
const ENDING = 12;
/** A row of a table, and a value under its name, say something though nothing ends them. */
const isRow = (line: string): boolean =>
  line.startsWith('|') && line.endsWith('|') && !line.includes('\n') && /[\p{L}\p{N}]/u.test(line);
/** A line of values that tabs part. */
const isTabbed = (line: string): boolean => /^[^\t\n]+(?:\t[^\t\n]*){1,50}$/.test(line) && /\p{N}/u.test(line);
const NAMED_VALUE = /^[-*•·◦▪‣\s]*[\p{L}_][^:：,;()]{0,60}[:：]\s*[^\s:/]/u;
const CODE_END = /[,;{([]$/;
/** Leaders and page number of an entry in a table of contents. Matched against the last characters. */
const LEADERS = /(?:\.{4}|(?:\. ){3}\.?|…{2}|·{4}|(?:· ){3})\s*(?:\d{1,4}|[ivxlc]{1,7})$/i;
const LEADERS_ENDING = 24;
const CODE_SIGNS = /[=(){}[\]<>;&|$\\]/g;
const MOST_CODE_SIGNS = 0.05;

/** UTF-16 code units: what has no end is a statement only if it is longer than headings are. */
const LONG = { cjk: 30, other: 60 };
/** Shorter texts are item numbers or abbreviations, even with an end mark. */
const LEAST = { cjk: 4, other: 8 };
const LEAST_FUNCTION_WORDS = 2;

/** True for an entry of a table of contents: leaders, then a page number. */
export const hasLeaders = (line: string): boolean => LEADERS.test(line.trimEnd().slice(-LEADERS_ENDING));

/** True for a value after its name, as in line-oriented data. */
export const isNamedValue = (sentence: string): boolean => NAMED_VALUE.test(sentence) && !CODE_END.test(sentence);

/**
 * True if a sentence from any kind of text is a statement: it has an end mark, or the length and function words of a sentence;
 * or it is a table row or a value with its name. Headings, entries of a table of contents, signatures and most lines of
 * code are none.
 */
export function isStatement(sentence: string): boolean {
  if (hasLeaders(sentence) || /^\s*(?:#{1,6}\s|={2,6} |`{3}|~{3})/.test(sentence)) return false;
  const cjk = isCjk(sentence);
  if (ENDED.test(sentence.slice(-ENDING)))
    return sentence.length >= (cjk ? LEAST.cjk : LEAST.other) && (cjk || !isTitle(sentence));
  if (isRow(sentence) || isTabbed(sentence) || isNamedValue(sentence)) return true;
  if (sentence.length < (cjk ? LONG.cjk : LONG.other)) return false;
  if ((sentence.match(CODE_SIGNS)?.length ?? 0) > MOST_CODE_SIGNS * sentence.length) return false;
  return cjk ? /[，的了是在]/u.test(sentence) : functionWords(sentence) >= LEAST_FUNCTION_WORDS;
}

const functionWords = (text: string): number =>
  (text.toLowerCase().match(/[a-z]+/g) ?? []).filter(isFunctionWord).length;

const PREDICATE =
  /\b(?:am|is|are|was|were|be|has|have|had|do|does|did|will|would|can|could|shall|should|may|might|must)\b/;

/** True for a short text without a predicate whose words are capitalised or function words, like a section's name. */
function isTitle(sentence: string): boolean {
  if (sentence.length >= LONG.other || PREDICATE.test(sentence)) return false;
  const words = (sentence.match(/[\p{L}\p{N}'’-]+/gu) ?? []).filter((word) => !isFunctionWord(word.toLowerCase()));
  return words.every((word) => /^[\p{Lu}\p{N}]/u.test(word)) && !/\p{N}.*\p{N}/u.test(sentence.replace(/^[\d.]+/, ''));
}
