/**
 * Codes and numbers that are written in several ways, as one more token in one form: RFC 7231 is RFC7231, 42 A is 42A, 555-0142 is
 * 5550142, 第十二条 is 第12条, 31 December 2023 is 2023-12-31. Numbers in words: see number-tokens.ts.
 */
import { chineseNumber } from './chinese-number.ts';
import { addNumbers } from './number-tokens.ts';

/** Most texts have no digit and none of these characters, and are not looked at again. */
const HAS_CODE =
  /\d|第|[零〇一二三四五六七八九十百千拾佰仟][零〇一二三四五六七八九十百千拾佰仟万亿萬億年]|百分之|\b(?:chapter|section|part|article|volume|appendix|annex|schedule|act|scene) [IVXLC]/i;

/** A word in capitals and a number, or a number and one capital. */
const SPACED_CODE = /(?<![\p{L}\p{N}.-])(?:(\p{Lu}{2,6}) (\d{1,8})|(\d{1,6}) (\p{Lu}))(?![\p{L}\p{N}]|[.-]\p{N})/gu;
/** Groups of digits as telephone numbers have them; a country code may stand before, an area code in brackets. */
const SPACED_DIGITS =
  /(?<![\p{L}\p{N}.,/-]|\p{N}:)\+?(?:\(\d{1,5}\)|\d{1,5})(?:[ .-]?\(\d{1,5}\)|[ .-]\d{2,8}){1,5}(?![\p{L}\p{N}]|[.,:/-]\p{N})/gu;
/** A row of years or prices has more digits, a date or a small number fewer. */
const DIGITS = { least: 7, most: 15 };
/** The end of a telephone number, which stays the same with and without its country code. */
const LOCAL = 8;

/** 第12条: ordinal numbers of what texts are divided into. */
const CHINESE_ORDINAL = /第\s?([\d零〇一二三四五六七八九十百千两]{1,9})\s?([条章节款项页回卷编部期届])/g;

const YEAR = '(1[5-9]\\d{2}|20\\d{2})';
const YEAR_FIRST = new RegExp(`(?<!\\d)${YEAR}([-/.])(\\d{1,2})\\2(\\d{1,2})(?!\\d)`, 'g');
const YEAR_LAST = new RegExp(`(?<!\\d)(\\d{1,2})([-/.])(\\d{1,2})\\2${YEAR}(?!\\d)`, 'g');
const CHINESE_DATE = new RegExp(`(?<!\\d)${YEAR}\\s?年\\s?(\\d{1,2})\\s?月\\s?(\\d{1,2})\\s?[日号]`, 'g');
const CHINESE_NUMERALS =
  /(?<![零〇一二三四五六七八九])([一二][零〇一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]/g;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const DAY_MONTH = new RegExp(`(?<!\\d)${DAY}(?: of)? ${MONTH},? ${YEAR}(?!\\d)`, 'gi');
const MONTH_DAY = new RegExp(`\\b${MONTH} ${DAY},? ${YEAR}(?!\\d)`, 'gi');

/** The tokens that are added; `text` is in NFKC. */
export function codeTokens(text: string): string[] {
  if (!HAS_CODE.test(text)) return [];
  const tokens = new Set<string>();
  for (const [, word, number, digits, letter] of text.matchAll(SPACED_CODE))
    tokens.add((word === undefined ? `${digits}${letter}` : `${word}${number}`).toLowerCase());
  for (const [run] of text.matchAll(SPACED_DIGITS)) addDigits(run.replace(/\D/g, ''), tokens);
  for (const [, number = '', unit] of text.matchAll(CHINESE_ORDINAL)) {
    const value = chineseNumber(number);
    if (value !== null) tokens.add(`#${value}${unit}`);
  }
  addDates(text, tokens);
  addNumbers(text, tokens);
  return [...tokens];
}

function addDigits(digits: string, tokens: Set<string>): void {
  if (digits.length < DIGITS.least || digits.length > DIGITS.most) return;
  tokens.add(digits);
  for (const form of numberForms(digits)) tokens.add(form);
}

function addDates(text: string, tokens: Set<string>): void {
  const add = (year = '', month = '', day = '') => {
    const valid = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
    if (valid) tokens.add(`date${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`);
  };
  const monthOf = (name = '') => String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
  for (const [, year, , month, day] of text.matchAll(YEAR_FIRST)) add(year, month, day);
  for (const [, year, month, day] of text.matchAll(CHINESE_DATE)) add(year, month, day);
  for (const [, ...parts] of text.matchAll(CHINESE_NUMERALS)) {
    const [year, month, day] = parts.map((part) => String(chineseNumber(part) ?? ''));
    add(year, month, day);
  }
  for (const [, day, month, year] of text.matchAll(DAY_MONTH)) add(year, monthOf(month), day);
  for (const [, month, day, year] of text.matchAll(MONTH_DAY)) add(year, monthOf(month), day);
  for (const [, one, , other, year] of text.matchAll(YEAR_LAST)) {
    // 3/4/2024 is the one in Europe, the other in America.
    add(year, other, one);
    if (one !== other) add(year, one, other);
  }
}

/**
 * True for a token that names one thing and no other: a date, 第12条, a version, a telephone number, a part's number. Where a passage has
 * it, the rest of the question says little.
 */
export const isCode = (token: string): boolean =>
  token.length >= LEAST_CODE && /\d/.test(token) && (CODE.test(token) || token.startsWith('#'));
const LEAST_CODE = 4;
const CODE = /^(?:date\d{8}|\d{6,15}|\d+(?:\.\d+){2,}\S*|(?=\D*[a-z])(?=.*\d{3})[a-z\d./]{4,24})$/;

/**
 * The forms of a telephone number, of 9 digits or more, that others may be written in: without its country code or with a zero in its
 * place. All have the last eight digits; those with the same area code share one more.
 */
export function numberForms(digits: string): readonly string[] {
  if (digits.length <= LOCAL || digits.length > DIGITS.most) return [];
  const national = digits.replace(/^0+/, '');
  const area = national.length > LONGEST_NATIONAL ? NATIONAL.map((length) => national.slice(-length)) : [national];
  return [...new Set([digits.slice(-LOCAL), ...area])].filter((form) => form !== digits);
}
/** Digits of a number with its area code and no country code. */
const NATIONAL = [9, 10] as const;
const LONGEST_NATIONAL = 10;
const WHOLE_NUMBER = /^\d{9,15}$/;
export const isWholeNumber = (token: string): boolean => WHOLE_NUMBER.test(token);

/** A question without the groups of its telephone numbers, which are those of many others. */
export const withoutGroups = (text: string): string =>
  HAS_CODE.test(text)
    ? text.replace(SPACED_DIGITS, (run) => {
        const digits = run.replace(/\D/g, '').length;
        return /^[+(0]/.test(run) && digits >= DIGITS.least && digits <= DIGITS.most ? ' ' : run;
      })
    : text;
