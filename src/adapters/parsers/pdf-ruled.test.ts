import { expect, test } from 'vitest';
import { pdfOfContents, shownAt } from '../../../test/support/pdf.ts';
import { limitsOf } from './options.ts';
import { parsePdf } from './pdf.ts';

const textOf = async (...drawn: readonly string[]) =>
  (await parsePdf(pdfOfContents([drawn.join('\n')]), limitsOf({}))).text;
const line = (x: number, y: number, toX: number, toY: number) => `${x} ${y} m ${toX} ${toY} l S`;
/** The lines of a grid between these edges. */
const grid = (xs: readonly number[], ys: readonly number[]) =>
  [
    ...ys.map((y) => line(Math.min(...xs), y, Math.max(...xs), y)),
    ...xs.map((x) => line(x, Math.min(...ys), x, Math.max(...ys))),
  ].join('\n');
/** Texts in the cells of such a grid, with little room around them. */
const cells = (xs: readonly number[], ys: readonly number[], rows: readonly (readonly string[])[]) =>
  rows
    .flatMap((row, place) => row.map((text, column) => shownAt((xs[column] ?? 0) + 3, (ys[place] ?? 0) - 14, text)))
    .join('\n');

const XS = [72, 112, 142, 192];
const YS = [700, 680, 660, 640];
const ROWS = [
  ['Name', 'Age', 'City'],
  ['Anna', '31', 'Berlin'],
  ['Bob', '45', 'Paris'],
];
const TABLE = '| Name | Age | City |\n| --- | --- | --- |\n| Anna | 31 | Berlin |\n| Bob | 45 | Paris |';

test('lines part cells that stand close together', async () => {
  expect(await textOf(shownAt(72, 720, 'The staff:'), grid(XS, YS), cells(XS, YS, ROWS))).toBe(
    `The staff:\n\n${TABLE}`,
  );
});

test('a table is read row by row, in whatever order its cells are drawn, by thin boxes in another scale too', async () => {
  const boxes = [
    ...YS.map((y) => `${72 * 2} ${y * 2} 240 1 re f`),
    ...XS.map((x) => `${x * 2} ${640 * 2} 1 120 re f`),
  ].join('\n');
  const byColumns = [0, 1, 2]
    .map((column) =>
      cells(
        [XS[column] ?? 0],
        YS,
        ROWS.map((row) => [row[column] ?? '']),
      ),
    )
    .join('\n');
  expect(await textOf(`q .5 0 0 .5 0 0 cm ${boxes} Q`, byColumns)).toBe(TABLE);
});

test('two tables that share a line are two; a title across a table is no row of it', async () => {
  const others = [72, 102, 152, 172, 192];
  const below = [640, 620, 600, 580];
  const text = await textOf(
    ...[grid(XS, YS), cells(XS, YS, ROWS), grid(others, below.slice(1)), grid([72, 192], [640, 620])],
    cells([72], below, [['Goods of May']]),
    cells(others, below.slice(1), [
      ['SKU', 'Price', 'A', 'B'],
      ['L 1', '12.50', '4', '7'],
    ]),
  );
  expect(text).toBe(
    `${TABLE}\n\nGoods of May\n\n| SKU | Price | A | B |\n| --- | --- | --- | --- |\n| L 1 | 12.50 | 4 | 7 |`,
  );
});

test('a cell of several lines is one cell, beside one that is set in the middle', async () => {
  const xs = [72, 112, 232, 272];
  const text = await textOf(
    grid(xs, [700, 680, 640]),
    cells(xs, [700], [['Pos', 'Description', 'Sum']]),
    shownAt(115, 668, 'Consulting and travel-'),
    shownAt(115, 654, 'ling to Hull'),
    shownAt(75, 661, '1'),
    shownAt(235, 661, '1.40'),
  );
  expect(text).toContain('| 1 | Consulting and travelling to Hull | 1.40 |');
});

test('names over several columns are in the name of each; a cell over several rows is in each', async () => {
  const xs = [72, 122, 172, 222];
  const ys = [700, 680, 660, 640, 620];
  const lines = [
    ...ys.map((y) => (y === 680 ? line(122, y, 222, y) : y === 640 ? line(122, y, 222, y) : line(72, y, 222, y))),
    ...xs.map((x) => (x === 172 ? line(x, 680, x, 620) : line(x, 700, x, 620))),
  ];
  const text = await textOf(
    ...lines,
    cells(xs, ys, [
      ['Class', 'Fee', ''],
      ['', 'Online', 'Branch'],
      ['A', '1.00', '2.00'],
      ['', '3.00', '4.00'],
    ]),
  );
  expect(text).toBe(
    '| Class | Fee Online | Fee Branch |\n| --- | --- | --- |\n| A | 1.00 | 2.00 |\n| A | 3.00 | 4.00 |',
  );
});

test('rows that no lines part are rows where their values stand at one height', async () => {
  const xs = [72, 172, 222, 272];
  const text = await textOf(
    grid(xs, [700, 680, 620]),
    cells(xs, [700], [['Item', 'Stock', 'Price']]),
    ...[0, 1, 2].flatMap((row) =>
      ['Valve', '12', '4.50'].map((part, column) => shownAt((xs[column] ?? 0) + 3, 666 - row * 16, `${part}${row}`)),
    ),
  );
  expect(text).toBe(
    '| Item | Stock | Price |\n| --- | --- | --- |\n| Valve0 | 120 | 4.500 |\n| Valve1 | 121 | 4.501 |\n| Valve2 | 122 | 4.502 |',
  );
});

test('a long cell over several rows is read once; cells of many lines are read one after the other', async () => {
  const xs = [72, 172, 272];
  const list = (x: number, top: number, count: number, name: string) =>
    Array.from({ length: count }, (_, place) => shownAt(x, top - place * 14, `${name} ${place + 1}`)).join('\n');
  const once = await textOf(
    ...[line(72, 700, 272, 700), line(172, 620, 272, 620), line(72, 540, 272, 540)],
    ...xs.map((x) => line(x, 540, x, 700)),
    ...[list(75, 686, 5, 'Step'), list(175, 686, 3, 'Tool'), list(175, 606, 3, 'Part')],
  );
  expect(once.match(/Step \d/g)).toHaveLength(5);
  const layout = await textOf(
    ...[grid(xs, [700, 450, 430]), list(75, 686, 15, 'left'), list(175, 686, 15, 'right')],
    cells(xs, [450], [['A', 'B']]),
  );
  expect(layout.indexOf('left 15')).toBeLessThan(layout.indexOf('right 1'));
});

test('a frame around a page, and lines that cross in a drawing, are no table', async () => {
  const drawing = Array.from({ length: 200 }, (_, place) => line(72 + place, 300, 72 + place, 400)).join('\n');
  const text = await textOf(
    ...[grid([60, 560], [760, 60]), grid([72, 300], [400, 300]), drawing],
    ...['The zebra has stripes,', 'and lives in Africa.'].map((one, place) => shownAt(72, 700 - place * 14, one)),
    shownAt(80, 350, 'Fig. 1'),
  );
  expect(text).toBe('The zebra has stripes, and lives in Africa.\n\nFig. 1');
});

test('a page that draws very many lines keeps its text', async () => {
  const drawing = Array.from({ length: 70_000 }, (_, place) => line(place % 500, place % 700, place % 300, 9)).join(
    ' ',
  );
  expect(await textOf(drawing, shownAt(72, 700, 'A map.'))).toBe('A map.');
});

test('boxes for one letter each are a word; a table of single characters is a table', async () => {
  const xs = [72, 90, 108, 126, 144];
  expect(await textOf(grid(xs, [700, 680]), cells(xs, [700], [['H', 'U', 'L', 'L']]))).toBe('HULL');
  const small = [72, 90, 108];
  expect(
    await textOf(
      grid(small, [700, 680, 660]),
      cells(
        small,
        [700, 680],
        [
          ['A', 'B'],
          ['1', '2'],
        ],
      ),
    ),
  ).toContain('| 1 | 2 |');
});
