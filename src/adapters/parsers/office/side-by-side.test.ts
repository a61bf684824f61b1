import { expect, test } from 'vitest';
import { joinedNames } from './joined-names.ts';
import { tablesBeside } from './side-by-side.ts';

const split = (rows: readonly (readonly string[])[]) => tablesBeside(() => rows).map((read) => [...read()]);

test('a table beside another one, which ends on another row, is a table of its own', () => {
  const rows = [
    ['Region', 'Units', '', 'Contact', 'Phone'],
    ['North', '10', '', 'Ann', '555-0101'],
    ['South', '7', '', 'Bob', '555-0102'],
    ['Total', '17'],
  ];
  expect(split(rows)).toEqual([
    [
      ['Region', 'Units', ''],
      ['North', '10', ''],
      ['South', '7', ''],
      ['Total', '17'],
    ],
    [['Contact', 'Phone'], ['Ann', '555-0101'], ['Bob', '555-0102'], []],
  ]);
});

test.each([
  [
    'as long',
    [
      ['Item', 'Qty', '', 'Note', 'By'],
      ['Tea', '1', '', 'good', 'Ann'],
      ['Jam', '2', '', 'old', 'Bob'],
    ],
  ],
  [
    'with rows left out',
    [
      ['Item', 'Qty', '', 'Note', 'By'],
      ['Tea', '1'],
      ['Jam', '2', '', 'old', 'Bob'],
      ['Nut', '3'],
    ],
  ],
  [
    'of values alone',
    [
      ['Item', 'Qty', '', 'Q1', 'Q2'],
      ['Tea', '1', '', '5', '6'],
      ['Jam', '2'],
    ],
  ],
  [
    'of one column',
    [
      ['Item', 'Qty', '', 'Note'],
      ['Tea', '1', '', 'good'],
      ['Jam', '2'],
    ],
  ],
])('columns after an empty one are of the same table: %s', (_name, rows) => {
  expect(split(rows)).toEqual([rows]);
});

test('names of two rows are joined up to an empty column; what is beyond it is another table’s row', () => {
  const above = ['Region', 'Q1', '', '', 'Contact', 'Phone'];
  const row = ['Region', 'Units', 'EUR', '', 'Ann', '555'];
  expect(joinedNames(above, row, [{ column: 1, lastColumn: 2 }])).toEqual([
    ['Region', 'Q1 Units', 'Q1 EUR', '', 'Contact', 'Phone'],
    ['', '', '', '', 'Ann', '555'],
  ]);
});
