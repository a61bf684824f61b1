import { expect, test } from 'vitest';
import { inReadingOrder } from './pdf-columns.ts';
import { withDropCaps } from './pdf-drop-caps.ts';
import { type Annotation, fieldsOf, withFields } from './pdf-fields.ts';
import { fixedFonts } from './pdf-fixed.ts';
import { linesOf } from './pdf-lines.ts';
import { inRows } from './pdf-rows.ts';
import { type TextRun, uprightRuns } from './pdf-runs.ts';
import { pdfText } from './pdf-text.ts';
import { verticalJoined } from './pdf-vertical.ts';

type Placed = readonly [text: string, left: number, bottom: number];
const runOf = ([str, left, bottom]: Placed): TextRun => ({
  str,
  transform: [10, 0, 0, 10, left, bottom],
  width: str.length * 5,
  height: 10,
  hasEOL: false,
  fontName: 'serif',
});
function textOf(placed: readonly Placed[], annotations: readonly Annotation[] = []): string {
  const runs = withFields(verticalJoined(uprightRuns(placed.map(runOf), () => false)), fieldsOf(annotations));
  return pdfText([inRows(inReadingOrder(linesOf(runs)))]).text;
}

const ROWS = [
  ['Part', 'Stock', 'Price'],
  ['Valve', '12', '4.50'],
  ['Gasket', '140', '0.35'],
  ['Elbow', '7', '9.80'],
] as const;
const TABLE =
  '| Part | Stock | Price |\n| --- | --- | --- |\n| Valve | 12 | 4.50 |\n| Gasket | 140 | 0.35 |\n| Elbow | 7 | 9.80 |';
const at = (row: number, column: number): Placed => [ROWS[row]?.[column] ?? '', 72 + column * 100, 700 - row * 14];

test.each([
  ['row by row', [0, 1, 2, 3].flatMap((row) => [0, 1, 2].map((column) => at(row, column)))],
  ['column by column', [0, 1, 2].flatMap((column) => [0, 1, 2, 3].map((row) => at(row, column)))],
  ['from the right', [0, 1, 2, 3].flatMap((row) => [2, 1, 0].map((column) => at(row, column)))],
])('a table that is drawn %s has its rows', (_order, placed) => {
  expect(textOf([['Stock of May', 72, 740], ...placed, ['All of it is in Bonn.', 72, 600]])).toBe(
    `Stock of May\n\n${TABLE}\n\nAll of it is in Bonn.`,
  );
});

test('a cell of several lines stays in its row', () => {
  const placed: readonly Placed[] = [
    ['Error', 72, 700],
    ['What to do', 150, 700],
    ['E 1', 72, 684],
    ['Close the valve and wait', 150, 684],
    ['until it is cold', 150, 672],
    ['E 2', 72, 656],
    ['Call the maker', 150, 656],
    ['E 3', 72, 640],
    ['Start again', 150, 640],
  ];
  expect(textOf(placed)).toContain('| E 1 | Close the valve and wait until it is cold |\n| E 2 | Call the maker |');
});

test('three columns that are drawn in turn are read one after the other; items of a list are no table', () => {
  const columns = [
    ['The first one says', 'that it goes on', 'until it is done.'],
    ['Then the second', 'tells of what is', 'in it all along.'],
    ['And so does the', 'third of them, as', 'it must do, too.'],
  ];
  const placed = [0, 1, 2].flatMap((line) =>
    columns.map((column, place): Placed => [column[line] ?? '', 72 + place * 150, 700 - line * 12]),
  );
  expect(textOf(placed)).toBe(columns.map((column) => column.join(' ')).join('\n\n'));
  const list = ['Open it', 'Fill it', 'Close it'].flatMap((item, place): Placed[] => [
    [`${place + 1}.`, 72, 700 - place * 14],
    [item, 100, 700 - place * 14],
  ]);
  expect(textOf(list)).toBe('1. Open it\n\n2. Fill it\n\n3. Close it');
});

test('words that run from right to left are in order, and numbers among them run from left to right', () => {
  const placed: readonly Placed[] = [
    ['שנים', 72, 700],
    ['9', 110, 700],
    ['12', 115, 700],
    ['לאחר', 140, 700],
  ];
  expect(textOf(placed)).toBe('לאחר 912 שנים');
});

test('a name in the middle of its column names it, though it lies beside all of the column’s cells', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['MX-1000', 'Lisbon', '0'],
    ['MX-1007', 'Porto', '37'],
    ['MX-1014', 'Faro', '74'],
  ];
  const placed: readonly Placed[] = [
    ['Article', 72, 700],
    ['Site', 172, 700],
    ['Stock', 300, 700],
    ...rows.flatMap(([article, site, stock], row): Placed[] => [
      [article, 72, 686 - row * 14],
      [site, 172, 686 - row * 14],
      [stock, 260, 686 - row * 14],
    ]),
  ];
  expect(textOf(placed)).toBe(
    '| Article | Site | Stock |\n| --- | --- | --- |\n| MX-1000 | Lisbon | 0 |\n| MX-1007 | Porto | 37 |\n| MX-1014 | Faro | 74 |',
  );
});

test('the end of a sentence that runs from right to left follows its last number, and Arabic is written in letters', () => {
  const placed: readonly Placed[] = [
    ['.2025', 72, 700],
    ['ﻓﺒﺮاﻳﺮ', 110, 700],
  ];
  expect(textOf(placed)).toBe('فبراير 2025.');
});

test('vertical lines are read from the right to the left; rows of single characters are not vertical', () => {
  const column = (text: string, left: number): Placed[] =>
    Array.from(text, (character, place) => [character, left, 700 - place * 10.4]);
  expect(textOf([...column('第一條租金每月', 300), ...column('壹萬貳仟元整。', 280), ...column('止。', 260)])).toBe(
    '第一條租金每月壹萬貳仟元整。止。',
  );
  const rows = ['甲', '乙', '丙', '丁'].flatMap((name, row): Placed[] => [
    [name, 72, 700 - row * 14],
    [`${row + 1}2`, 172, 700 - row * 14],
  ]);
  expect(textOf(rows)).toBe('甲 12\n乙 22\n丙 32\n丁 42');
});

test('names with their values are lines of their own; radicals are written as characters', () => {
  const placed: readonly Placed[] = [
    ['型号：PX-200', 72, 700],
    ['单价：129.00 元', 72, 686],
    ['阀⻔：⽔泵', 72, 672],
  ];
  expect(textOf(placed)).toBe('型号：PX-200\n单价：129.00 元\n阀门：水泵');
});

test('the first column of a table that runs from right to left is on the right', () => {
  const placed = [
    ['البند', 'المبلغ'],
    ['الإيجار', '1,250'],
    ['التأمين', '2,500'],
  ].flatMap(([name = '', value = ''], row): Placed[] => [
    [name, 300, 700 - row * 14],
    [value, 100, 700 - row * 14],
  ]);
  expect(textOf(placed)).toBe('| البند | المبلغ |\n| --- | --- |\n| الإيجار | 1,250 |\n| التأمين | 2,500 |');
});

test('letters of one width are a typewriter’s, whatever the font says', () => {
  const run = (str: string, width: number, fontName: string): TextRun => ({
    str,
    width: str.length * width,
    transform: [10, 0, 0, 10, 72, 700],
    height: 10,
    hasEOL: false,
    fontName,
  });
  const runs = ['def', 'area(r):', 'return', 'raise'].flatMap((text, place) => [
    run(text, 6.02, 'code'),
    run(text, 4.5 + place / 3, 'serif'),
  ]);
  expect([...fixedFonts(runs)]).toEqual(['code']);
});

test('a field follows its label, boxes show whether they are ticked, and passwords and hidden fields are left out', () => {
  const field = (bottom: number, more: Partial<Annotation>): Annotation => ({
    subtype: 'Widget',
    fieldType: 'Tx',
    rect: [200, bottom - 2, 300, bottom + 12],
    ...more,
  });
  const box = (bottom: number, fieldValue: string): Annotation =>
    field(bottom, { fieldType: 'Btn', checkBox: true, exportValue: 'Yes', fieldValue });
  const text = textOf(
    [
      ['Name:', 72, 700],
      ['Smoker:', 72, 680],
      ['Driver:', 72, 660],
      ['Secret:', 72, 640],
      ['Town:', 72, 620],
    ],
    [
      field(700, { fieldValue: 'Lindqvist' }),
      box(680, 'Off'),
      box(660, 'Yes'),
      field(640, { fieldValue: 'hunter2', password: true }),
      field(620, { fieldValue: 'Oslo', hidden: true }),
    ],
  );
  expect(text.split('\n').filter(Boolean)).toEqual(['Name: Lindqvist', 'Smoker: ☐', 'Driver: ☒', 'Secret:', 'Town:']);
});

test('a text that is drawn twice at one place, as a shadow, is read once', () => {
  expect(
    textOf([
      ['A bold heading', 72, 700],
      ['A bold heading', 72.4, 700.3],
      ['The zebra has stripes.', 72, 600],
      ['The zebra has stripes.', 72, 586],
    ]),
  ).toBe('A bold heading\n\nThe zebra has stripes. The zebra has stripes.');
});

test('a cell that is drawn after the further lines of its row’s other cells is in that row', () => {
  const placed: readonly Placed[] = [
    ['Account', 72, 700],
    ['Description', 150, 700],
    ['2022', 350, 700],
    ['4010', 72, 684],
    ['Sales of goods in the market', 150, 684],
    ['of the Union, net', 150, 672],
    ['1,289', 350, 684],
    ['4020', 72, 656],
    ['Services', 150, 656],
    ['2,523', 350, 656],
  ];
  expect(textOf(placed)).toBe(
    '| Account | Description | 2022 |\n| --- | --- | --- |\n| 4010 | Sales of goods in the market of the Union, net | 1,289 |\n| 4020 | Services | 2,523 |',
  );
});

test('a line that ends before it is full, where the next begins with a capital, is a line of its own', () => {
  expect(
    textOf([
      ['Keep the ropes tidy and dry', 72, 700],
      ['Report spills to the office at once, on 555-0142', 72, 688],
      ['The harbour master wrote a long letter about the', 72, 650],
      ['Sloop, which lay there for weeks, and paid nothing', 72, 638],
      ['to anybody.', 72, 626],
    ]),
  ).toBe(
    'Keep the ropes tidy and dry\nReport spills to the office at once, on 555-0142\n\nThe harbour master wrote a long letter about the Sloop, which lay there for weeks, and paid nothing to anybody.',
  );
});

test('names that stand close together name the columns below them, and narrow columns of values are columns', () => {
  const wide = (text: string, left: number, bottom: number): Placed => [text, left, bottom];
  const row = (bottom: number, ...cells: readonly (readonly [string, number])[]) =>
    cells.map(([text, left]) => wide(text, left, bottom));
  const placed = [
    ...row(700, ['Date', 72], ['Entry', 140], ['Amount', 218], [' ', 248], ['Balance', 251]),
    ...row(686, ['01.03.', 72], ['Opening', 140], ['1.240', 255]),
    ...row(672, ['03.03.', 72], ['Rent', 140], ['-780', 220], ['460', 255]),
    ...row(658, ['05.03.', 72], ['Shop', 140], ['-34', 220], ['425', 255]),
  ];
  expect(textOf(placed)).toBe(
    '| Date | Entry | Amount | Balance |\n| --- | --- | --- | --- |\n| 01.03. | Opening |  | 1.240 |\n| 03.03. | Rent | -780 | 460 |\n| 05.03. | Shop | -34 | 425 |',
  );
  const times = ['Main', 'Zoo', 'Port'].flatMap((stop, place): Placed[] => [
    [stop, 72, 700 - place * 14],
    ...[0, 1, 2].map((hour): Placed => [`${hour + 5}:1${place}`, 100 + hour * 29, 700 - place * 14]),
  ]);
  expect(textOf(times)).toContain('| Zoo | 5:11 | 6:11 | 7:11 |');
});

test('sums below a table are lines of their own, and no part of its last row', () => {
  const placed: readonly Placed[] = [
    ['Item', 72, 700],
    ['Qty', 200, 700],
    ['Total', 300, 700],
    ['Chair', 72, 686],
    ['3', 200, 686],
    ['37.50', 300, 686],
    ['Subtotal of the order 37.50', 210, 672],
    ['VAT of the order 7.50', 210, 660],
  ];
  expect(textOf(placed)).toContain('| Chair | 3 | 37.50 |\n\nSubtotal of the order 37.50\nVAT of the order 7.50');
});

test('a drop cap begins its word; a large letter beside one line, or over a table, stays', () => {
  const sized = (placed: Placed, size: number): TextRun => ({
    ...runOf(placed),
    transform: [size, 0, 0, size, placed[1], placed[2]],
    height: size,
    width: placed[0].length * size * 0.5,
  });
  const textsOf = (runs: readonly TextRun[]) => withDropCaps(uprightRuns(runs, () => false)).map(({ text }) => text);
  const beside = (first: string) => [runOf([first, 92, 712]), runOf(['river since 1764.', 92, 700])];
  expect(textsOf([sized(['T', 72, 698], 30), ...beside('he mill stands by the')])).toEqual([
    'The mill stands by the',
    'river since 1764.',
  ]);
  expect(textsOf([sized(['“A', 66, 698], 30), ...beside('fter the fire it was')])[0]).toBe('“After the fire it was');
  for (const [capital, rest, whole] of [
    ['A', ' mill stands', 'A mill stands'],
    ['A', 'mill stands', 'A mill stands'],
    ['A', 'mong the mills', 'Among the mills'],
    ['A', 'rchitects came', 'Architects came'],
    ['I', 'was there', 'I was there'],
    ['I', 'n spring', 'In spring'],
  ] as const)
    expect(textsOf([sized([capital, 72, 698], 30), ...beside(rest)])[0]).toBe(whole);
  expect(textsOf([sized(['A', 72, 698], 30), runOf(['Section of the park', 92, 700])])).toHaveLength(2);
  expect(textsOf([sized(['B', 72, 698], 15), ...beside('lue lines are closed')])).toHaveLength(3);
});
