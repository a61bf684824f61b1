import { expect, test } from 'vitest';
import { withoutLineNumbers } from './pdf-line-numbers.ts';
import type { Run } from './pdf-runs.ts';

const runOf = (text: string, left: number, line: number): Run => ({
  text,
  left,
  right: left + text.length * 5,
  bottom: 700 - line * 20,
  size: 10,
  turn: 0,
  isLineEnd: true,
  isFixed: false,
});
const numbersIn = (runs: readonly Run[]) =>
  withoutLineNumbers(runs).flatMap(({ text }) => (/^\d+$/.test(text) ? [text] : []));

const CONTRACT = [
  'This agreement is made between Norvik Marine and',
  'the harbour authority, which orders the dredging',
  'works within ninety days. The price is 418 euro',
  'and is payable in three instalments. Either party',
  'may end this agreement by a written notice of',
  'sixty days. The law of Denmark governs it.',
];
const GOODS = ['Pump', 'hose', 'valve', 'seal', 'bolt', 'Washer'];
const beside = (lines: readonly string[], left: number, step = 1) =>
  lines.flatMap((text, line) => [
    ...((line + 1) % step === 0 ? [runOf(String(line + 1), left, line)] : []),
    runOf(text, 72, line),
  ]);

test.each([
  ['on the left', beside(CONTRACT, 40)],
  ['on the right', beside(CONTRACT, 400)],
  ['of each fifth line', beside([...CONTRACT, ...CONTRACT, ...CONTRACT], 40, 5)],
])('numbers of lines %s go, and every line stays', (_, runs) => {
  expect(numbersIn(runs)).toEqual([]);
  const kept = withoutLineNumbers(runs).map(({ text }) => text);
  expect(kept).toEqual(runs.map(({ text }) => text).filter((text) => !/^\d+$/.test(text)));
});

test.each([
  ['rows of a table', beside(GOODS, 40)],
  [
    'items that each begin with a capital',
    beside(
      CONTRACT.map((line) => `A${line}`),
      40,
    ),
  ],
  ['numbers that do not count on', beside(CONTRACT, 40).map((run) => (run.text === '3' ? { ...run, text: '9' } : run))],
  ['a few', beside(CONTRACT.slice(0, 3), 40)],
])('the numbers of %s stay', (_, runs) => {
  expect(numbersIn(runs)).toHaveLength(runs.length / 2);
});
