/**
 * Numbers that are written in words or signs, as one more token: 三千五百 and 3.5千 are 3500, 三十五万元 and 35万 are 350000, 二〇〇五 is
 * 2005, 百分之五 and 5 percent are %5, Chapter IV is #chapter4 as Chapter 4 is.
 */
import { chineseNumber } from './chinese-number.ts';

const NUMERAL = '零〇一二三四五六七八九十百千两兩壹贰貳叁參肆伍陆陸柒捌玖拾佰仟';
/** Numbers of two characters and more that begin with a digit or a ten: 千万 and 万一 are words, 一百 is a number. */
const IN_WORDS = new RegExp(`(?<![${NUMERAL}万亿萬億第])[${NUMERAL}][${NUMERAL}万亿萬億]{1,20}`, 'g');
const BEGINS_NONE = /^[百千佰仟]/;
const WITH_UNIT = /(?<![\d.])(\d{1,12}(?:,\d{3}){0,4}(?:\.\d{1,6})?)\s?([千万亿萬億]{1,2})/g;
const UNITS: Readonly<Record<string, number>> = { 千: 1e3, 万: 1e4, 萬: 1e4, 亿: 1e8, 億: 1e8 };
const ENGLISH = /(?<![\d.])(\d{1,6}(?:,\d{3}){0,2}(?:\.\d{1,6})?) (thousand|million|billion)\b/gi;
const ENGLISH_UNITS: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };
const PER_HUNDRED = new RegExp(`百分之\\s?([${NUMERAL}]{1,12})(?:点([零〇一二三四五六七八九]{1,6}))?`, 'g');
const PERCENT = /(?<![\d.])(\d{1,9}(?:[.,]\d{1,6})?)\s?(?:%|per ?cent\b)/gi;
/** Characters of numbers in words. */
const HAS_CHINESE = new RegExp(`[${NUMERAL}万亿萬億]{2}|\\d\\s?[千万亿萬億]|百分之`);

/** The parts of a text that are numbered, and Roman numerals below 400. */
const PART =
  /\b(chapter|section|part|article|volume|appendix|annex|schedule|act|scene) (?:(\d{1,4})|([IVXLC]{1,9}))(?![\p{L}\p{N}]|[.,:/-]\p{N})/giu;
const ROMAN = /^C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/;
const ROMAN_VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };

/** Adds the tokens; `text` is in NFKC. */
export function addNumbers(text: string, tokens: Set<string>): void {
  const add = (value: number | null) => {
    if (value !== null && value >= 10 && Number.isSafeInteger(value)) tokens.add(String(value));
  };
  if (HAS_CHINESE.test(text)) {
    for (const [number] of text.matchAll(IN_WORDS)) if (isNumber(number)) add(chineseNumber(number));
    for (const [, number = '', units = ''] of text.matchAll(WITH_UNIT))
      add(
        product(
          number,
          [...units].map((unit) => UNITS[unit] ?? 1).reduce((all, unit) => all * unit),
        ),
      );
    for (const [, number = '', digits] of text.matchAll(PER_HUNDRED)) {
      const whole = chineseNumber(number);
      const after = digits === undefined ? '' : `.${chineseNumber(digits)}`;
      if (whole !== null) tokens.add(`%${whole}${after}`);
    }
  }
  for (const [, number = '', unit = ''] of text.matchAll(ENGLISH))
    add(product(number, ENGLISH_UNITS[unit.toLowerCase()] ?? 1));
  for (const [, number = ''] of text.matchAll(PERCENT)) tokens.add(`%${Number(number.replace(',', '.'))}`);
  for (const [, part = '', digits, roman] of text.matchAll(PART)) addPart(part, digits, roman, tokens);
}

/** Digits alone are a number where they are at least four: a year. */
const isNumber = (text: string): boolean =>
  !BEGINS_NONE.test(text) && (/[十百千万亿拾佰仟萬億]/.test(text) || (text.length >= 4 && !/[两兩]/.test(text)));

/** A product of a decimal fraction, without the error of binary ones. */
const product = (number: string, unit: number): number =>
  Math.round(Number(number.replaceAll(',', '')) * unit * 1e3) / 1e3;

/** A Roman numeral is written in capitals, after a word that begins with one: "the part I like" is none. */
function addPart(part: string, digits: string | undefined, roman: string | undefined, tokens: Set<string>): void {
  if (roman !== undefined && (!ROMAN.test(roman) || (roman.length === 1 && !/^\p{Lu}/u.test(part)))) return;
  const number = digits === undefined ? romanValue(roman ?? '') : Number(digits);
  tokens.add(`#${part.toLowerCase()}${number}`);
}

function romanValue(text: string): number {
  const values = Array.from(text, (sign) => ROMAN_VALUES[sign] ?? 0);
  return values.reduce((all, value, place) => all + (value < (values[place + 1] ?? 0) ? -value : value), 0);
}
