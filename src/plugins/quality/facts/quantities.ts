import { remembered } from '#core/text/remembered.ts';
import { comparableWords, isFunctionWord } from '#core/text/words.ts';
import { calendarIn, DIGIT, HAN as HAN_SCRIPT } from './calendar.ts';
import { ENGLISH_NUMERAL, englishValue, HAN_NUMERAL, hanValue, SCALE_AFTER, scaleValue } from './numerals.ts';
import { plainText } from './plain-text.ts';
import type { Quantity } from './quantity.ts';
import { CURRENCY_BEFORE, UNIT_AFTER, type Unit, unitNamed } from './units.ts';

export type { Quantity } from './quantity.ts';

/** The number of a list's item, of a reference, and a name that has digits. */
const NO_QUANTITY = /^\s*(?:[-*•>]\s*)?\*{0,2}\d{1,3}[.)、](?!\d)|\[\^?\d{1,3}\]|\b40[13]\s?\(?[kb]\)?/giu;
/** Maximum number of quantities read from one text. */
const MOST = 200;
/** UTF-16 code units that are read: a sentence is shorter. */
const LONGEST = 4_000;

const DIGITS = new RegExp(
  `(?<![\\p{Script=Latin}\\p{N}.])(${CURRENCY_BEFORE})?\\s?(\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)` +
    `(?:\\s?-?(${SCALE_AFTER})|([mkb])(?![\\p{Script=Latin}]))?[\\s-]?(${UNIT_AFTER})?`,
  'giu',
);
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
/** Words that make a number word a count: `first` alone introduces a sentence. */
const COUNTED =
  'quarter|half|centur|place|year|day|week|month|season|generation|term|edition|floor|grade|round|division|world';
const ORDINAL = new RegExp(
  `\\b(\\d+)(?:st|nd|rd|th)\\b|第\\s?(\\d+|[一二三四五六七八九十百]+)|\\b(${ORDINALS.join('|')})(?=[\\s-](?:${COUNTED}))`,
  'giu',
);
const WORDS = new RegExp(`\\b(${ENGLISH_NUMERAL})\\b[\\s-]?(${UNIT_AFTER})?`, 'giu');
const HAN = new RegExp(`(百分之)?(${HAN_NUMERAL})(?:点(${HAN_NUMERAL}))?[多余]?\\s?(${UNIT_AFTER})?`, 'gu');
/** Idioms in which Chinese numerals count nothing. */
const HAN_IDIOM =
  /一些|一样|一定|一般|一直|一起|统一|唯一|万一|之一|一切|一旦|十分|一方面|同一|进一步|一种|一个|一门|一名|一位|一项|一系列|第[一二三四五六七八九十百]+|周[一二三四五六]|星期[一二三四五六]|礼拜[一二三四五六]|[三四五]角|千米|千克|千瓦|万分|万物|百姓/gu;

/** Years, months, days, weekdays, times of day, and all other numbers with their units, of an English or Chinese text. */
export const quantitiesIn = (raw: string): readonly Quantity[] => quantitiesOf(raw.slice(0, LONGEST));

/** A sentence is asked for by several features, and passages come again with the next answers. */
const quantitiesOf = remembered(readQuantities, { longest: 1_000, characters: 500_000 });

function readQuantities(raw: string): readonly Quantity[] {
  const text = plainText(raw).replace(NO_QUANTITY, (same) => ' '.repeat(same.length));
  const found: Quantity[] = [];
  const blank = (at: number, length: number, within: string) =>
    within.slice(0, at) + ' '.repeat(length) + within.slice(at + length);

  let rest = text;
  for (const part of calendarIn(text)) {
    found.push(...part.quantities);
    rest = blank(part.at, part.length, rest);
  }
  for (const match of rest.matchAll(ORDINAL)) {
    const digits = match[1] ?? match[2] ?? '';
    const inWords = ORDINALS.indexOf((match[3] ?? '').toLowerCase()) + 1;
    const value = inWords || (/\d/.test(digits) ? Number(digits) : hanValue(digits));
    found.push({
      kind: 'ordinal',
      value,
      unit: null,
      counted: null,
      text: match[0].trim(),
      at: match.index,
      minor: value <= 3 && inWords === 0,
    });
    rest = blank(match.index, match[0].length, rest);
  }
  for (const match of DIGIT.test(rest) ? rest.matchAll(DIGITS) : []) {
    found.push(ofDigits(match));
    rest = blank(match.index, match[0].length, rest);
  }
  for (const match of rest.matchAll(WORDS)) found.push(...ofWords(match));
  if (HAN_SCRIPT.test(rest))
    for (const match of rest.replace(HAN_IDIOM, (same) => ' '.repeat(same.length)).matchAll(HAN))
      found.push(...ofHan(match));
  return found.slice(0, MOST).sort((a, b) => a.at - b.at);
}

function ofDigits(match: RegExpExecArray): Quantity {
  const [whole, currency, digits = '', scale, letter, unitName] = match;
  const after = unitName ? (unitNamed(unitName) ?? null) : null;
  const before = currency ? (unitNamed(currency.trim()) ?? null) : null;
  // `5 m` without a currency is five metres.
  const isMetres = letter?.toLowerCase() === 'm' && !currency;
  const value = Number(digits.replaceAll(',', '')) * (isMetres ? 1 : scaleValue(scale ?? letter));
  const unit = before ?? after ?? (isMetres ? (unitNamed('m') ?? null) : null);
  const isYear = unit === null && !scale && !letter && /^\d{4}$/.test(digits) && value >= 1000 && value < 2200;
  return {
    kind: isYear ? 'year' : 'amount',
    value,
    unit,
    counted: unit === null && !isYear ? countedAfter(match) : null,
    text: whole.trim(),
    at: match.index,
    minor: unit === null && value <= 3,
  };
}

function ofWords(match: RegExpExecArray): Quantity[] {
  const [whole, run = '', unitName] = match;
  const value = englishValue(run);
  const unit = unitName ? (unitNamed(unitName) ?? null) : null;
  // `one` is mostly a pronoun.
  if (value <= 1 && unit === null) return [];
  const counted = unit === null ? countedAfter(match) : null;
  const minor = unit === null && value <= 12;
  return [{ kind: 'amount', value, unit, counted, text: whole.trim(), at: match.index, minor }];
}

function ofHan(match: RegExpExecArray): Quantity[] {
  const [whole, percent, run = '', fraction, unitName] = match;
  const value = fraction ? hanValue(run) + Number(`0.${hanValue(fraction)}`) : hanValue(run);
  const unit = percent ? (unitNamed('%') ?? null) : unitName ? (unitNamed(unitName) ?? null) : null;
  if (unit === null && (value <= 1 || /^[百千万亿]+$/.test(run))) return [];
  const counted = unit === null ? countedAfter(match) : null;
  // 一天 may be "a day" as well as "each day".
  const minor = (unit === null && value <= 12) || run === '一';
  return [{ kind: 'amount', value, unit, counted, text: whole.trim(), at: match.index, minor }];
}

/** The word after a number, or the two Chinese characters after its measure word. */
function countedAfter({ 0: whole, index, input }: RegExpExecArray): string | null {
  const after = input.slice(index + whole.length, index + whole.length + COUNTED_WITHIN);
  const word = /^\s*([\p{Script=Latin}]{3,})/u.exec(after)?.[1];
  if (word !== undefined) return isFunctionWord(word.toLowerCase()) ? null : (comparableWords(word)[0] ?? null);
  return /^\s*[个名位台款条种次座家只张项部辆艘本](\p{Script=Han}{2})/u.exec(after)?.[1] ?? null;
}
/** UTF-16 code units. */
const COUNTED_WITHIN = 40;

/** Tolerance between two units of one dimension, such as 5 miles and 8 km: written figures are rounded. */
const ROUNDED = 0.015;

export type Comparison = 'same' | 'other unit' | 'different';

/** Compares two quantities. An unknown unit agrees with any. */
export function compare(claim: Quantity, source: Quantity): Comparison {
  if (!comparable(claim, source)) return 'different';
  if (claim.kind === 'time' && source.kind === 'time')
    return claim.value % 720 === source.value % 720 ? 'same' : 'different';
  const [a, b] = [claim.unit, source.unit];
  if (a && b && a.dimension === b.dimension && a.factor !== b.factor)
    return near(claim.value * a.factor, source.value * b.factor)
      ? 'same'
      : sameValue(claim, source)
        ? 'other unit'
        : 'different';
  if (!sameValue(claim, source)) return 'different';
  return a && b && a.dimension !== b.dimension && !isDegree(a, b) ? 'other unit' : 'same';
}

const sameValue = (a: Quantity, b: Quantity): boolean =>
  Math.abs(a.value - b.value) <= 1e-9 * Math.max(1, Math.abs(b.value));
const near = (a: number, b: number): boolean => Math.abs(a - b) <= ROUNDED * Math.max(Math.abs(a), Math.abs(b));
/** `20 degrees` may be of either scale. */
const isDegree = (a: Unit, b: Unit): boolean =>
  [a, b].some(({ dimension }) => dimension === 'degree') &&
  [a, b].some(({ dimension }) => dimension === 'celsius' || dimension === 'fahrenheit' || dimension === 'degree');

/** True if the two could state the same fact. A plain number may be a year or an ordinal. */
export function comparable(a: Quantity, b: Quantity): boolean {
  if (a.kind === b.kind) return true;
  const plain = ['amount', 'ordinal', 'year', 'day'];
  return plain.includes(a.kind) && plain.includes(b.kind) && (a.kind === 'amount' || b.kind === 'amount');
}
