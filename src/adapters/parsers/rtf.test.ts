import { expect, test } from 'vitest';
import { limitsOf } from './options.ts';
import { parseRtf } from './rtf.ts';

const read = (body: string, head = '\\ansi\\ansicpg1252\\deff0') =>
  parseRtf(Buffer.from(`{\\rtf1${head} ${body}}`, 'latin1'), limitsOf({}));

test('paragraphs, headings and the title are read; what only a program reads is not', () => {
  const head =
    '\\ansi{\\fonttbl{\\f0\\fcharset0 Times;}}{\\colortbl;\\red0\\green0\\blue0;}{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}}{\\info{\\title Lease of flat 7}{\\author Ann}}{\\*\\generator Writer 1;}';
  expect(
    read('{\\pard\\s1 Rent\\par}{\\pard The rent is {\\b 40} euro.\\line A month.\\par}{\\pict 0102}', head),
  ).toEqual({
    text: '# Rent\n\nThe rent is 40 euro.\nA month.',
    mediaType: 'application/rtf',
    title: 'Lease of flat 7',
  });
});

test('characters are read in the encoding of their font, and in Unicode', () => {
  const head = '\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}';
  const { text } = read(
    "\\f0 caf\\'e9 \\f1 \\'cc\\'e8\\'f0 \\f2\\'93\\'8c\\'8b\\'9e\\f0  \\u8364? \\uc2\\u8220\\'81\\'67x\\u-10179??\\u-8704??",
    head,
  );
  expect(text).toBe('café Мир 東京 € “x😀');
});

test('tables have their rows; hidden text, deleted text and instructions of fields are left out', () => {
  const row = (...cells: string[]) =>
    `\\trowd\\cellx1000\\cellx2000 ${cells.map((cell) => `\\pard\\intbl ${cell}\\cell`).join(' ')}\\row `;
  const body = `${row('Part', 'Price')}${row('Valve', '4.50')}\\pard After {\\v hidden}{\\deleted gone}{\\field{\\*\\fldinst HYPERLINK "http://x"}{\\fldrslt a link}}.\\par`;
  expect(read(body).text).toBe('| Part | Price |\n| --- | --- |\n| Valve | 4.50 |\n\nAfter a link.');
});

test('headers and notes are separate paragraphs and appear once', () => {
  expect(
    read('{\\header Case 7\\par}{\\headerf Case 7}{\\footer Page 3}{\\pard It runs{\\footnote Fast.}.\\par}').text,
  ).toBe('Case 7\n\nIt runs.\n\nFast.');
});

test('a cell that goes on over several rows is in each of them', () => {
  const row = (merge: string, ...cells: string[]) =>
    `\\trowd\\${merge}\\cellx1000\\cellx2000 ${cells.map((cell) => `\\pard\\intbl ${cell}\\cell`).join(' ')}\\row `;
  const body = [
    row('cltxlrtb', 'Ward', 'Day'),
    row('clvmgf', 'A', 'Mon'),
    row('clvmrg', '', 'Tue'),
    row('cltxlrtb', '', 'Wed'),
  ];
  expect(read(`${body.join('')}\\pard After\\par`).text).toBe(
    '| Ward | Day |\n| --- | --- |\n| A | Mon |\n| A | Tue |\n|  | Wed |\n\nAfter',
  );
});

test('boxes and choices of a form tell their values', () => {
  const field = (data: string) => `{\\field{\\*\\fldinst{FORM {\\*\\formfield{${data}}}}}{\\fldrslt}}`;
  const choice = '\\fftype2\\ffres1{\\*\\ffl France}{\\*\\ffl Norway}';
  expect(
    read(
      `${field('\\fftype1\\ffres25\\ffdefres1')} yes ${field('\\fftype1\\ffres0\\ffdefres1')} no, ${field(choice)}\\par`,
    ).text,
  ).toBe('☒ yes ☐ no, Norway');
});

test('signs of Symbol and Wingdings, exponents and numbers of notes are read', () => {
  const head = '\\ansi\\deff0{\\fonttbl{\\f0 Arial;}{\\f3\\fcharset2 Symbol;}{\\f4\\fcharset2 Wingdings;}}';
  expect(read("{\\f3 a\\'b3} 2 {\\f3\\u-3999?}, {\\f4\\'fe} agreed, 10{\\super 6}, note{\\super 1}", head).text).toBe(
    'α≥ 2 α, \uf0fe agreed, 10^6, note [1]',
  );
});
