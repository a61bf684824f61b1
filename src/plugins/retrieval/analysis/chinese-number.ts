const DIGIT: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const UNIT: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1_000 };

/** 12, 十二 and 一二 are 12; null for what is no number under 10,000, or one in digits. */
export function chineseNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const characters = [...text];
  if (characters.every((character) => DIGIT[character] !== undefined))
    return Number(characters.map((character) => DIGIT[character]).join(''));
  let total = 0;
  let digit = 1;
  let hasDigit = false;
  for (const character of characters) {
    const unit = UNIT[character];
    const value = DIGIT[character];
    if (unit !== undefined) {
      total += (hasDigit ? digit : 1) * unit;
      hasDigit = false;
    } else if (value !== undefined) {
      digit = value;
      hasDigit = true;
    } else return null;
  }
  return total + (hasDigit ? digit : 0);
}
