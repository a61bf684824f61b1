import { expect, test } from 'vitest';
import { withEdgesInPlace } from './pdf-edges.ts';
import { lineOf, linesOf, type PdfLine } from './pdf-lines.ts';
import { type TextRun, uprightRuns } from './pdf-runs.ts';
import { pdfText } from './pdf-text.ts';

type Placed = readonly [text: string, left: number, bottom?: number, size?: number, width?: number];
const runOf = ([str, left, bottom = 700, size = 10, width = str.length * 5]: Placed): TextRun => ({
  str,
  transform: [size, 0, 0, size, left, bottom],
  width,
  height: str.trim() === '' ? 0 : size,
  hasEOL: false,
  fontName: 'serif',
});
const runsOf = (placed: readonly Placed[]) => uprightRuns(placed.map(runOf), () => false);
const lineText = (placed: readonly Placed[]) => lineOf(runsOf(placed))?.text;

test('words whose letters are set apart are words', () => {
  expect(
    lineText([
      ['S P A C E D', 0],
      [' ', 55],
      ['o f', 60],
      [' ', 75],
      ['H E A D S', 80],
    ]),
  ).toBe('SPACED of HEADS');
  const singles = [...'SPERRSCHRIFT'].flatMap((letter, place): Placed[] => [
    [letter, place * 10],
    [' ', place * 10 + 5],
  ]);
  expect(lineText([...singles, ['Wichtig', 125]])).toBe('SPERRSCHRIFT Wichtig');
});

test.each(['A B C D E', 'x y', '通 知 公 告', '1 2 3 4 5', 'a , b , c'])(
  'single letters that are no word stay apart: %s',
  (text) => {
    expect(lineText([[text, 0]])).toBe(text.includes('通') ? '通知公告' : text);
  },
);

test('a raised number is an exponent after a number, and the number of a note after a word', () => {
  const raised = (text: string, left: number): Placed => [text, left, 704, 7, text.length * 3.5];
  expect(
    lineText([
      ['It is 10', 0],
      raised('24', 40),
      ['kg of 5 m', 50],
      raised('2', 95),
      [', see percent', 99],
      raised('12', 164),
      ['.', 171],
    ]),
  ).toBe('It is 10^24kg of 5 m2, see percent [12].');
  expect(
    lineText([
      ['10', 0],
      ['2', 10, 697, 7, 3.5],
    ]),
  ).toBe('102');
});

test('a line from right to left has its brackets, ranges and marks as they are written', () => {
  expect(
    lineText([
      ['(', 0, 700, 10, 4],
      ['17:00–09:00', 5],
      ['ימים', 64],
      [')', 85, 700, 10, 4],
    ]),
  ).toBe('(ימים 09:00–17:00)');
  expect(
    lineText([
      ['قبل', 0],
      [' ﹰ', 20, 700, 10, 0],
      ['شهريا', 21],
    ]),
  ).toBe('شهرياً قبل');
});

const line = (text: string, bottom: number, left = 72): PdfLine =>
  linesOf(runsOf([[text, left, bottom]]))[0] as PdfLine;

test('a footer that is drawn before the text is last, and a header that is drawn after it first', () => {
  const body = [600, 588, 576, 564].map((bottom) => line(`text at ${bottom}`, bottom));
  const [header, footer] = [line('Header', 780), line('Initials', 30)];
  const texts = (lines: readonly PdfLine[]) => withEdgesInPlace(lines).map(({ text }) => text);
  const ordered = [header, ...body, footer].map(({ text }) => text);
  expect(texts([footer, ...body, header])).toEqual(ordered);
  expect(texts([header, footer, ...body])).toEqual(ordered);
  // Lines of columns side by side stay in their column.
  const columns = [...body, line('right', 600, 300), line('right too', 588, 300), line('last', 500, 300)];
  expect(texts(columns)).toEqual(columns.map(({ text }) => text));
});

test('a footer that is drawn first is kept once, and lines of a contract that recur above it stay on each page', () => {
  const page = (number: number) =>
    withEdgesInPlace([
      line('Initials: ____', 30),
      ...[`§ ${number}`, `Clause ${number} says so.`, 'This applies to all orders by post', 'or by mail.'].map(
        (text, place) => line(text, 700 - place * 14),
      ),
    ]);
  const { text } = pdfText([page(1), page(2), page(3)]);
  expect(text.split('This applies to all orders')).toHaveLength(4);
  expect(text.split('Initials')).toHaveLength(2);
});

test('a text across the pages is read once, and is no heading', () => {
  const mark = uprightRuns(
    [{ ...runOf(['DRAFT', 200, 400, 60]), transform: [42, 42, -42, 42, 200, 400] }],
    () => false,
  );
  const page = (text: string) => [
    ...linesOf(mark),
    ...[0, 1, 2].map((place) => line(`${text} ${place}`, 700 - place * 14)),
  ];
  const { text } = pdfText([page('One'), page('Two')]);
  expect(text.match(/DRAFT/g)).toHaveLength(1);
  expect(text).not.toContain('#');
});
