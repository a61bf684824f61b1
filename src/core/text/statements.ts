import { isCjk, isFunctionWord } from './words.ts';

/** What ends a statement, with what closes after it; looked for in the last few characters. */
const ENDED = /[.!?…。！？；][)\]"'”’»」』）】》〉*_`]*$/;
const ENDING = 12;
/** A row of a table, and a value under its name, say something though nothing ends them. */
const isRow = (line: string): boolean =>
  line.startsWith('|') && line.endsWith('|') && !line.includes('\n') && /[\p{L}\p{N}]/u.test(line);
const NAMED_VALUE = /^[-*\s]*[\p{L}_][^:：,;()]{0,60}[:：]\s*[^\s:/]/u;
const CODE_END = /[,;{([]$/;
/** Of an entry in a table of contents: leaders, then a page's number; looked for in the last characters. */
const LEADERS = /(?:\.{4}|(?:\. ){3}\.?|…{2}|·{4}|(?:· ){3})\s*(?:\d{1,4}|[ivxlc]{1,7})$/i;
const LEADERS_ENDING = 24;
const CODE_SIGNS = /[=(){}[\]<>;&|$\\]/g;
const MOST_CODE_SIGNS = 0.05;

/** UTF-16 code units: what has no end is a statement only if it is longer than headings are. */
const LONG = { cjk: 30, other: 60 };
/** What is shorter, end or no end, is an item's number or an abbreviation. */
const LEAST = { cjk: 4, other: 8 };
const LEAST_FUNCTION_WORDS = 2;

/** Whether it is an entry of a table of contents, by its leaders and the page's number after them. */
export const hasLeaders = (line: string): boolean => LEADERS.test(line.trimEnd().slice(-LEADERS_ENDING));

/** Whether it is a value after its name, as data written in lines has it. */
export const isNamedValue = (sentence: string): boolean => NAMED_VALUE.test(sentence) && !CODE_END.test(sentence);

/**
 * Whether a sentence says something by itself, as cut from a text of any kind: it has an end, or the length and the small words of
 * one; or it is a row of a table or a value with its name. Headings, entries of a table of contents, signatures and most lines of
 * code do not.
 */
export function isStatement(sentence: string): boolean {
  if (hasLeaders(sentence) || /^\s*(?:#{1,6}\s|={2,6} |`{3}|~{3})/.test(sentence)) return false;
  const cjk = isCjk(sentence);
  if (ENDED.test(sentence.slice(-ENDING)))
    return sentence.length >= (cjk ? LEAST.cjk : LEAST.other) && (cjk || !isTitle(sentence));
  if (isRow(sentence) || isNamedValue(sentence)) return true;
  if (sentence.length < (cjk ? LONG.cjk : LONG.other)) return false;
  if ((sentence.match(CODE_SIGNS)?.length ?? 0) > MOST_CODE_SIGNS * sentence.length) return false;
  return cjk ? /[，的了是在]/u.test(sentence) : functionWords(sentence) >= LEAST_FUNCTION_WORDS;
}

const functionWords = (text: string): number =>
  (text.toLowerCase().match(/[a-z]+/g) ?? []).filter(isFunctionWord).length;

const PREDICATE =
  /\b(?:am|is|are|was|were|be|has|have|had|do|does|did|will|would|can|could|shall|should|may|might|must)\b/;

/** Short, without a predicate that could be told, and each of its words is capitalised or a small word, as in the name of a section. */
function isTitle(sentence: string): boolean {
  if (sentence.length >= LONG.other || PREDICATE.test(sentence)) return false;
  const words = (sentence.match(/[\p{L}\p{N}'’-]+/gu) ?? []).filter((word) => !isFunctionWord(word.toLowerCase()));
  return words.every((word) => /^[\p{Lu}\p{N}]/u.test(word)) && !/\p{N}.*\p{N}/u.test(sentence.replace(/^[\d.]+/, ''));
}
