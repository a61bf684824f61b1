import { expect, test } from 'vitest';
import { chineseNumber } from './chinese-number.ts';
import { tokenize } from './tokens.ts';

test.each([
  ['十二', 12],
  ['一二', 12],
  ['一百零五', 105],
  ['三百五', 350],
  ['三千五', 3_500],
  ['三千零五', 3_005],
  ['两千零五', 2_005],
  ['二〇〇五', 2_005],
  ['一万二', 12_000],
  ['一百二十三万', 1_230_000],
  ['三亿五千万', 350_000_000],
  ['两万亿', 2e12],
  ['叁仟伍佰', 3_500],
  ['三點', null],
])('%s is %s', (text, value) => {
  expect(chineseNumber(text)).toBe(value);
});

test('words with characters of numbers in them are no numbers', () => {
  for (const text of ['千万不要', '万一下雨', '十分好', '一些', '三三两两', 'the part I like', 'a civil act'])
    expect(tokenize(text).filter((token) => /\d/.test(token))).toEqual([]);
});
