import { expect, test } from 'vitest';
import { throughFile } from '../../../../test/support/through-file.ts';
import { analyse, readingOf } from '../analysis/passage-analysis.ts';
import { columnsOf } from './columns-of.ts';
import { READING_COLUMNS, Readings } from './readings.ts';

const TEXTS = [
  'The treaty was signed in Paris. Nobody knew! It was cold.',
  '人工智能是一个分支。天气很好。',
  '',
  'One sentence only',
];
const readings = TEXTS.map((text, place) =>
  readingOf(text, analyse({ text, documentTitle: `Title ${place}`, heading: place === 1 ? '第一章' : null })),
);
const filled = (): Readings => {
  const column = new Readings();
  for (const reading of readings) column.push(reading);
  return column;
};
const all = (column: Readings, count: number) => Array.from({ length: count }, (_, entry) => column.get(entry));

test('a reading comes back unchanged', () => {
  expect(all(filled(), readings.length)).toEqual(readings);
});

test('a reading from a file has its place in the given order, and so do later ones', async () => {
  for (const order of [[0, 1, 2, 3], [3, 0, 2, 1], [2], []]) {
    const column = filled();
    const parts = await throughFile(column.sources(order), () => column.push(readings[3] as (typeof readings)[number]));
    const opened = new Readings(columnsOf(parts, READING_COLUMNS));
    opened.push(readings[1] as (typeof readings)[number]);
    expect(all(opened, order.length + 1)).toEqual([...order, 1].map((entry) => readings[entry]));
  }
});

test('a kept reading has its new number, and so do later ones', () => {
  const column = filled();
  column.keep([1, 3]);
  column.push(readings[0] as (typeof readings)[number]);
  expect(all(column, 3)).toEqual([1, 3, 0].map((entry) => readings[entry]));
});
