const DIGITS = '零一二三四五六七八九';
/** Other characters for the same: in amounts of money, in traditional writing. */
const VARIANTS: Readonly<Record<string, string>> = {
  ...{
    〇: '零',
    两: '二',
    兩: '二',
    壹: '一',
    贰: '二',
    貳: '二',
    叁: '三',
    參: '三',
    肆: '四',
    伍: '五',
    陆: '六',
    陸: '六',
  },
  ...{ 柒: '七', 捌: '八', 玖: '九', 拾: '十', 佰: '百', 仟: '千', 萬: '万', 億: '亿' },
};
const UNIT: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1_000 };
const LARGE: Readonly<Record<string, number>> = { 万: 1e4, 亿: 1e8 };

/** 12, 十二 and 一二 are 12, 三千五 and 叁仟伍佰 are 3500, 三十五万 is 350000; null for what is no number. */
export function chineseNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const characters = Array.from(text, (character) => VARIANTS[character] ?? character);
  if (characters.every((character) => DIGITS.includes(character)))
    return Number(characters.map((character) => DIGITS.indexOf(character)).join(''));
  let total = 0;
  let section = 0;
  let digit: number | undefined;
  /** What a last digit counts: of 三千五 hundreds, of 三千零五 ones. */
  let step = 1;
  for (const character of characters) {
    const unit = UNIT[character];
    const large = LARGE[character];
    if (unit !== undefined) {
      section += (digit ?? 1) * unit;
      digit = undefined;
      step = unit / 10;
    } else if (large !== undefined) {
      section += digit ?? 0;
      // 三亿五千万 is a sum, 三千万亿 a product.
      total = large > 1e4 ? (total + section) * large : total + section * large;
      [section, digit, step] = [0, undefined, large / 10];
    } else if (DIGITS.includes(character)) {
      digit = DIGITS.indexOf(character);
      if (digit === 0) step = 1;
    } else return null;
  }
  return total + section + (digit ?? 0) * step;
}
