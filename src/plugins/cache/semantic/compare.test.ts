import { expect, test } from 'vitest';
import { nearMisses, sameMeaning } from '../../../../bench/support/near-misses.ts';
import { compareMessages } from './compare.ts';
import { readMessage } from './utterance.ts';

const compared = (one: string, other: string) => compareMessages(readMessage(one), readMessage(other));

test('of the near-misses in both languages none is taken for the same, nor for a rewording', () => {
  const taken = nearMisses.flatMap(({ one, other }) =>
    [compared(one, other), compared(other, one)].some(({ kind }) => kind !== 'DIFFERENT') ? [`${one} | ${other}`] : [],
  );
  expect(taken).toEqual([]);
  expect(nearMisses.length).toBeGreaterThan(400);
});

test.each(sameMeaning)('%j says what %j says', (one, other) => {
  expect(compared(one, other)).toEqual({ kind: 'SAME' });
});

test.each([
  ['It is open', '它开着'],
  ['コーヒーはありますか', '咖啡有吗'],
])('messages of two languages, %j and %j, are never compared', (one, other) => {
  expect(compared(one, other)).toEqual({ kind: 'DIFFERENT', gate: 'LANGUAGE' });
});

test.each([
  ['thanks', 'hi there'],
  ['请问', '谢谢'],
  ['?', '!'],
  ['1,2', '12'],
  ['C', 'C++'],
  ['-5', '5'],
  ['a b', 'ab'],
  ['😀', '😡'],
  ['Привет', 'Пока'],
])('%j is not %j, though little of either is a word', (one, other) => {
  expect(compared(one, other).kind).toBe('DIFFERENT');
});

test('a long sentence in other words is a rewording, and one in which the parties changed places is not', () => {
  const known =
    'The `load_dataset` function of the library reads a CSV file from the local disk and returns a dataset with all of its columns.';
  const asked =
    'To obtain a dataset with all its columns, the `load_dataset` function of the library can be utilised, which reads CSV files from local disks.';
  expect(compared(asked, known).kind).toBe('REWORDED');
  const paid =
    'When the merchant cancels a booking the platform refunds the customer within ten working days of the notice';
  const swapped =
    'When the customer cancels a booking the platform refunds the merchant within ten working days of the notice';
  expect(compared(paid, swapped).kind).toBe('DIFFERENT');
});

// Where the time rose faster than the length, or by a pattern that backtracks, these would take minutes.
test.each([
  'a '.repeat(2_000),
  'can you please tell me how '.repeat(150),
  '请问一下'.repeat(1_000),
  'how do i '.repeat(400),
  '1)'.repeat(2_000),
  '-'.repeat(4_000),
  'x.y'.repeat(1_300),
  '"“('.repeat(1_300),
  `${'A'.repeat(3_999)}a`,
])('a hostile message of thousands of characters is soon read and compared', (text) => {
  expect(compared(text, `${text} no`).kind).toBe('DIFFERENT');
});
