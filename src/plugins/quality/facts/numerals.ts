/** Numbers that are written in words, English and Chinese. */

const SMALL: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const SCALES: Readonly<Record<string, number>> = {
  hundred: 1e2,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
};

const word = Object.keys(SMALL).join('|');
const scale = Object.keys(SCALES).join('|');
/** A run of English number words, as `two hundred and five` or `twenty-one`. */
export const ENGLISH_NUMERAL = `(?:${word})(?:[\\s-]+(?:and\\s+)?(?:${word}|${scale}))*`;

/** The value of a run of English number words. */
export function englishValue(run: string): number {
  let total = 0;
  let group = 0;
  for (const part of run.toLowerCase().split(/[\s-]+/)) {
    if (part in SMALL) group += SMALL[part] as number;
    else if (part === 'hundred') group = (group || 1) * 100;
    else if (part in SCALES) {
      total += (group || 1) * (SCALES[part] as number);
      group = 0;
    }
  }
  return total + group;
}

const DIGITS = '〇一二三四五六七八九';
const HAN_VALUES: Readonly<Record<string, number>> = Object.fromEntries([
  ...[...DIGITS].map((digit, value) => [digit, value]),
  ['零', 0],
  ['两', 2],
]);
const HAN_SCALES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1e3, 万: 1e4, 亿: 1e8 };
export const HAN_NUMERAL = '[〇零一二两三四五六七八九十百千万亿]+';

/** The value of Chinese numerals: `二〇一八` by its digits, `三百零五` by its scales. */
export function hanValue(run: string): number {
  if (!/[十百千万亿]/.test(run)) return Number([...run].map((digit) => HAN_VALUES[digit] ?? 0).join(''));
  let total = 0;
  let section = 0;
  let digit: number | undefined;
  for (const character of run) {
    const size = HAN_SCALES[character];
    if (size === undefined) digit = HAN_VALUES[character] ?? 0;
    else if (size < 1e4) {
      section += (digit ?? 1) * size;
      digit = undefined;
    } else {
      total = (total + section + (digit ?? 0) || 1) * size;
      section = 0;
      digit = undefined;
    }
  }
  return total + section + (digit ?? 0);
}

/** The factor of a scale word after digits: `3.5 million`, `3.5万`, `$5m`. */
export const SCALE_AFTER = '(?:thousand|million|billion|trillion|bn|万亿|[十百千]?[万亿]|百|千(?![米克瓦伏]))';
export function scaleValue(name: string | undefined): number {
  if (!name) return 1;
  const known: Readonly<Record<string, number>> = { ...SCALES, bn: 1e9, m: 1e6, k: 1e3, b: 1e9 };
  return known[name.toLowerCase()] ?? [...name].reduce((value, character) => value * (HAN_SCALES[character] ?? 1), 1);
}
