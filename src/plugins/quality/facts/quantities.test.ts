import { expect, test } from 'vitest';
import { compare, type Quantity, quantitiesIn } from './quantities.ts';

const read = (text: string) =>
  quantitiesIn(text).map(({ kind, value, unit }) => `${kind} ${value}${unit ? ` ${unit.name}` : ''}`);

test.each([
  ['rose 12% to $3.5m', ['amount 12 percent', 'amount 3500000 dollar']],
  ['on 5 May 2018, at 9:30 pm', ['day 5', 'month 5', 'year 2018', 'time 1290']],
  ['It may march on.', []],
  ['5 m, a ten-year plan, two hundred and five', ['amount 5 metre', 'amount 10 year', 'amount 205']],
  ['4. the fourth item [3] of 401(k)', []],
  ['the third quarter', ['ordinal 3']],
  ['13 , 000 twins, 98 . 7 per cent', ['amount 13000', 'amount 98.7 percent']],
  [
    '２０１８年3月5日，3.5亿元，增长百分之十二',
    ['year 2018', 'month 3', 'day 5', 'amount 350000000 yuan', 'amount 12 percent'],
  ],
  ['二〇一九年五月，约三百零五人，下降三成', ['year 2019', 'month 5', 'amount 305', 'amount 3 成']],
  ['十二个月，3个小时，第3名', ['amount 12 month', 'amount 3 hour', 'ordinal 3']],
  ['人工智能是计算机科学的一个分支，十分重要', []],
])('the numbers of "%s" are read with their units', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  ['5 km', '5 km', 'same'],
  ['5公里', '5 km', 'same'],
  ['5 km', '5000 m', 'same'],
  ['5 miles', '8 km', 'same'],
  ['5 km', '5 miles', 'other unit'],
  ['15英里', '15公里', 'other unit'],
  ['20 dollars', '20 euros', 'other unit'],
  ['30%', '三成', 'same'],
  ['3万', '30000', 'same'],
  ['2018', '2019', 'different'],
  ['9:30 pm', '9:30', 'same'],
])('%s and %s compare as %s', (claim, source, expected) => {
  const [one, other] = [quantitiesIn(claim)[0], quantitiesIn(source)[0]] as [Quantity, Quantity];
  expect(compare(one, other)).toBe(expected);
});

test('a long text of digits is read in time that grows with its length', () => {
  const hostile = ['1,'.repeat(20_000), '二'.repeat(20_000), 'one hundred '.repeat(5_000), '12 '.repeat(20_000)];
  for (const text of hostile) expect(quantitiesIn(text).length).toBeLessThanOrEqual(200);
});
