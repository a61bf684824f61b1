import { expect, test } from 'vitest';
import { nearMisses } from '../../../bench/support/near-misses.ts';
import { formalSigns, normalised } from './spelling.ts';

test('width, composed letters and blanks are one spelling', () => {
  expect(normalised('  Ｗｈａｔ\u3000is  it\t？ ')).toBe('What is it ?');
  expect(normalised('cafe\u0301')).toBe(normalised('caf\u00e9'));
  expect(normalised('ｶﾞ')).toBe('カ\u3099');
  expect(normalised('one\r\ntwo  ')).toBe('one\ntwo');
});

test('superscripts, fractions, indentation, line breaks and blanks in quotes stay: they tell another question', () => {
  for (const [one, other] of [
    ['What is 10²?', 'What is 102?'],
    ['½ of 90', '1⁄2 of 90'],
    ['for x in y:\n  a()\n  b()', 'for x in y:\n  a()\nb()'],
    ['a\nb', 'a b'],
    ["What is 'a  b'.length?", "What is 'a b'.length?"],
  ] as const)
    expect(normalised(one)).not.toBe(normalised(other));
});

test('no two messages of the near-misses are one spelling', () => {
  expect(nearMisses.filter(({ one, other }) => normalised(one) === normalised(other))).toEqual([]);
});

test('a message with a formula or code has signs, prose, paths, ranges in words and links have none', () => {
  for (const formal of ['(2+3)*4', 'Is x ≤ 5?', 'What does a[0] do?', '5!', 'if x:\n  y', 'a != b', '10 - 3'])
    expect(formalSigns(formal)).not.toBeNull();
  for (const prose of [
    ...['How are you?', 'See /docs/v2.10.0/en and (if you like) the rest', 'A 10-day trip, and/or a rest - for two!'],
    ...['[Audio](/docs/main#Audio) is new', 'Call `load_dataset("x")` first', '50% of $20 & more'],
  ])
    expect(formalSigns(prose)).toBeNull();
});

test('a message of a million signs is soon read', () => {
  for (const text of [
    '1+'.repeat(500_000),
    'a ['.repeat(300_000),
    '\n '.repeat(500_000),
    '= '.repeat(500_000),
    ' '.repeat(1_000_000),
  ]) {
    const started = process.cpuUsage();
    formalSigns(text.slice(0, 4_000));
    normalised(text);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
  }
});
