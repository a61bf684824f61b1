import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { decodeText } from './decode.ts';
import { documentParser, type ParserOptions } from './index.ts';
import { parseJson } from './json.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-data-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function parse(name: string, content: string, options: ParserOptions = {}) {
  const parser = documentParser(options);
  const path = join(folder, name);
  writeFileSync(path, content);
  try {
    return await parser.parse({ path, name, mediaType: '' }, new AbortController().signal);
  } finally {
    await parser.close();
  }
}
const numbers = (count: number) => Array.from({ length: count }, (_, place) => place);
const FEW: ParserOptions = { maxCharacters: 100_000 };

test('a table has more characters than other texts may have, and all its rows', async () => {
  const rows = numbers(20_000).map((place) => `${place},斑马 ${place},grass`);
  const { text, mediaType } = await parse('a.csv', `id,animal,food\n${rows.join('\n')}\n`, FEW);
  expect(mediaType).toBe('text/csv');
  const told = text.split('\n').filter((line) => !/^$|^\| (?:id|---)/.test(line));
  expect(told).toEqual(numbers(20_000).map((place) => `| ${place} | 斑马 ${place} | grass |`));
  for (const part of text.split('\n\n'))
    expect(part.startsWith('| id | animal | food |\n| --- | --- | --- |\n|')).toBe(true);
});

test('a table of many megabytes is read with little memory', async () => {
  const rows = numbers(150_000).map((place) => `${place},a,b,c,d,e,f,g,h,"some words, and more of them"`);
  const { text } = await parse('a.csv', `id,a,b,c,d,e,f,g,h,i\n${rows.join('\n')}\n`, { maxMemoryMb: 80 });
  expect(text.endsWith('| 149999 | a | b | c | d | e | f | g | h | some words, and more of them |')).toBe(true);
});

test('a table is as wide as its widest row, wherever that is', async () => {
  const rows = numbers(5_000).map((place) => `${place},zebra`);
  const { text } = await parse('a.csv', `id,animal\n${rows.join('\n')}\n5000,lion,loud\n`);
  expect(text.startsWith('| id | animal |  |\n| --- | --- | --- |\n| 0 | zebra |  |\n')).toBe(true);
  expect(text.endsWith('| 5000 | lion | loud |')).toBe(true);
});

const animals = numbers(8_000).map((place) => ({
  id: place,
  name: `zebra "${place}" \\`,
  at: { tags: ['a', place] },
  食: '草',
}));
const linesOf = (place: number, path = '') =>
  [`id: ${place}`, `name: zebra "${place}" \\`, `at.tags: a, ${place}`, '食: 草'].map((line) => path + line).join('\n');

test.each([
  ['an array', 'a.json', JSON.stringify(animals, null, 1), animals.map(({ id }) => linesOf(id)).join('\n\n')],
  [
    'lines',
    'a.jsonl',
    animals.map((one) => JSON.stringify(one)).join('\n'),
    animals.map(({ id }) => linesOf(id)).join('\n\n'),
  ],
  [
    'an array deep within',
    'a.json',
    JSON.stringify({ title: 'Zoo', all: { animals } }),
    `title: Zoo\n${animals.map(({ id }) => linesOf(id, `all.animals[${id}].`)).join('\n')}`,
  ],
  ['a long string', 'a.json', JSON.stringify(['x\\'.repeat(200_000), 1]), `${'x\\'.repeat(200_000)}\n\n1`],
])('JSON of more than is parsed at once gives all its values: %s', async (_what, name, content, expected) => {
  expect(content.length).toBeGreaterThan(500_000);
  const { text } = await parse(name, content, FEW);
  expect(text === expected).toBe(true);
});

test.each([
  ['cut', (whole: string) => whole.slice(0, -1)],
  ['followed by something', (whole: string) => `${whole} and so on`],
  ['with a bracket of the other kind', (whole: string) => `${whole.slice(0, -1)}}`],
  ['with a value that is none', (whole: string) => `${whole.slice(0, -1)},zebra]`],
  ['with a comma too many', (whole: string) => `${whole.slice(0, -1)},]`],
])('JSON that turns out to be none at its end is the text that it is: %s', async (_what, spoilt) => {
  const content = spoilt(JSON.stringify(animals));
  const { text, mediaType } = await parse('a.txt', content);
  expect(mediaType).toBe('text/plain');
  expect(text === content).toBe(true);
});

test('the parser refuses JSON that nests too deeply, and too much data', async () => {
  const deep = `{"a":${'['.repeat(300)}"${'x'.repeat(300_000)}"${']'.repeat(300)}}`;
  await expect(parse('a.json', deep)).rejects.toThrow('The JSON file nests more than 200 levels deep');
  for (const [name, content] of [
    ['a.csv', 'a,b\n1,2\n'.repeat(500)],
    ['a.json', JSON.stringify(animals)],
  ] as const)
    await expect(parse(name, content, { maxDataCharacters: 5_000 })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
});

test.each([
  ['open brackets', '['.repeat(3_000_000), 'BAD_USER_INPUT', /^The file is named JSON, but is damaged or cut/],
  [
    'an array that is cut',
    JSON.stringify(animals).slice(0, -1),
    'BAD_USER_INPUT',
    /^The file is named JSON, but is damaged or cut/,
  ],
  [
    'brackets in brackets',
    '['.repeat(3_000_000) + ']'.repeat(3_000_000),
    'PAYLOAD_TOO_LARGE',
    /^The JSON file nests more than 200/,
  ],
])('a long JSON file of nothing but %s is refused, with what is wrong', async (_what, content, code, message) => {
  const error = await parse('a.json', content, FEW).catch((thrown) => thrown);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test('the parser never parses a long text at once, not even one that is no JSON', () => {
  // Each open bracket takes about fifty bytes outside the heap, which no heap limit bounds.
  const parsing = vi.spyOn(JSON, 'parse');
  const nothing = [parseJson('['.repeat(1_000_000)), parseJson(`{}\n${'{"":'.repeat(1_000_000)}`)];
  const long = parseJson(JSON.stringify(animals));
  const longest = Math.max(...parsing.mock.calls.map(([text]) => text.length));
  parsing.mockRestore();
  expect(nothing).toEqual([undefined, undefined]);
  expect(long?.mediaType).toBe('application/json');
  expect(longest).toBeLessThan(300_000);
});

test('a line’s end between two pieces that are decoded is one', () => {
  const step = 2 ** 20;
  const text = `${'x'.repeat(step - 1)}\r\n${'y'.repeat(step - 2)}\r`;
  expect(decodeText(Buffer.from(text), 10 * step) === `${'x'.repeat(step - 1)}\n${'y'.repeat(step - 2)}\n`).toBe(true);
});

const TABLE =
  '| Date | Payee | Amount |\n| --- | --- | --- |\n| 1 May | Bakery | -3,50 |\n| 2 May | Book shop | -7,00 |';
test.each([
  ['lines above its header', 'Statement\nOwner;Example Ltd\n\nDate;Payee;Amount\n', 'Statement\nOwner Example Ltd\n\n'],
  [
    'lines above that are as wide',
    'Statement;;\nOwner;Example Ltd;\nDate;Payee;Amount\n',
    'Statement\nOwner Example Ltd\n\n',
  ],
  ['a line that names the delimiter', 'sep=;\nDate;Payee;Amount\n', ''],
])('a table with %s has its columns named', async (_what, head, before) => {
  const { text } = await parse('a.csv', `${head}1 May;Bakery;-3,50\n2 May;Book shop;-7,00\n`);
  expect(text).toBe(before + TABLE);
});

test.each(['^', '~', '#', ':'])('a table that names itself one may be parted by %j', async (sign) => {
  const rows = [
    ['name', 'city', 'sum'],
    ['Schulz', 'Bonn', '80'],
    ['Meyer', 'Köln', '12'],
  ];
  const { text } = await parse('a.csv', rows.map((row) => row.join(sign)).join('\n'));
  expect(text).toContain('| Schulz | Bonn | 80 |');
});

test('columns may be parted by bars', async () => {
  expect((await parse('a.csv', 'Date|Payee|Amount\n1 May|Bakery|-3,50\n2 May|Book shop|-7,00\n')).text).toBe(TABLE);
});

test('values in quotes may hold other delimiters and line ends, also below lines above the header', async () => {
  const content =
    '"Account";"DE12"\n"Date";"Text";"Amount"\n"1.5.";"Rent; flat";"-500,00"\n"2.5.";"Food\nand drink";"-20,00"\n';
  expect((await parse('a.csv', content)).text).toBe(
    'Account DE12\n\n| Date | Text | Amount |\n| --- | --- | --- |\n| 1.5. | Rent; flat | -500,00 |\n| 2.5. | Food and drink | -20,00 |',
  );
});

test.each([
  [
    'decimal commas',
    'Item;Price\nTea;3,20\nCoffee;4,10\n',
    '| Item | Price |\n| --- | --- |\n| Tea | 3,20 |\n| Coffee | 4,10 |',
  ],
  ['decimal commas alone', 'x;y\n1,5;2,5\n3,5;4,5\n', '| x | y |\n| --- | --- |\n| 1,5 | 2,5 |\n| 3,5 | 4,5 |'],
])('semicolons part the columns of a table with %s', async (_name, content, expected) => {
  expect((await parse('a.csv', content)).text).toBe(expected);
});

test('a table after an empty line has its own header, which may have numbers in its names', async () => {
  const content =
    'Account;DE89\nPeriod;March\n\nDate;Text;Q1;Q2\n01.03.;Opening;;100\n02.03.;Shop;-5;95\n\nClosing;;;95\n';
  const { text } = await parse('a.csv', content);
  expect(text).toContain(
    '| Period | March |  |  |\n\n| Date | Text | Q1 | Q2 |\n| --- | --- | --- | --- |\n| 01.03. | Opening |',
  );
  expect(text).toContain('| Closing |  |  | 95 |');
});
