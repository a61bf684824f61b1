import { expect, test } from 'vitest';
import { limitsOf } from './options.ts';
import { parseTextual } from './text.ts';

async function textOf(content: string): Promise<string> {
  const read = await parseTextual(Buffer.from(content), { name: 'rfc.txt', mediaType: 'text/plain' }, limitsOf({}));
  return 'text' in read ? read.text : '';
}

test('page headers of RFCs appear once, with form feeds or without; page numbers are left out', async () => {
  const page = (number: number, body: string) =>
    `RFC 1234                 The Protocol                  June 1999\n\n\n${body}\n\n\nSmith, et al.            Standards Track             [Page ${number}]\n`;
  const said = (body: string, end: string) => `   a ${body} one,\n   two\n   ${end}`;
  const bodies = [said('first', 'goes'), said('second', 'runs.'), said('third', 'and'), said('fourth', 'The end.')];
  const pages = bodies.map((body, at) => page(at + 1, body));
  for (const between of ['\f', '\f\n', '\n', '\n\n'])
    expect(await textOf(pages.join(between))).toBe(
      `RFC 1234                 The Protocol                  June 1999\n\n\n${bodies[0]}\n${bodies[1]}\n\n${bodies[2]}\n${bodies[3]}\n\n\nSmith, et al.            Standards Track             [Page 4]`,
    );
});

test('rows of a report that differ in their numbers stay, and so does the header of its table on each page', async () => {
  const sheets = [1, 2, 3, 4].map((page) => {
    const rows = [1, 2, 3].map((row) => `Part ${page}${row}      ${page * 7 + row}      ${row}.50`);
    return `STOCK REPORT      Page ${page}\nPart         Stock   Price\n${rows.join('\n')}\nTotal ${page * 100}`;
  });
  const text = await textOf(sheets.join('\f'));
  for (const line of sheets.flatMap((sheet) => sheet.split('\n').slice(2))) expect(text).toContain(line);
  expect(text.match(/Part {9}Stock {3}Price/g)).toHaveLength(4);
  expect(text.match(/STOCK REPORT/g)).toHaveLength(1);
});

test('a paragraph cut by a page break continues; a new paragraph stays separate', async () => {
  const pages = ['   The client sends an extension that', '   names its modes.', '   The server answers.'];
  expect(await textOf(pages.join('\n\f\n'))).toBe(
    '   The client sends an extension that\n   names its modes.\n\n   The server answers.',
  );
});

const read = (content: string, name: string) =>
  parseTextual(Buffer.from(content), { name, mediaType: '' }, limitsOf({}));

test.each([
  ['a title between quotes', '---\nlayout: page\ntitle: "One # two"\n---\n# Three\n', 'One # two'],
  ['a title of a block that the text ends with', '---\ntitle: One\n---', 'One'],
  ['the first heading, without the marks at its end', 'Text.\n\n# One # two ##  \n\n# Three', 'One # two'],
  ['nothing, where the block has no end', '---\ntitle: One\n\nText.', null],
  ['nothing, where the title stands after the block', '---\na: b\n---\ntitle: One', null],
])('Markdown is named by %s', async (_, content, title) => {
  expect((await read(content, 'a.md')).title).toBe(title);
});

test.each([
  ['a declaration and comments', '\n<?xml version="1.0"?>\n<!-- a > b -->\n<!---->\n<!DOCTYPE  html><p>A</p>', true],
  ['one comment', '<!-- -- --><body><p>A</p>', true],
  ['a comment without end', '<!-- <html><p>A</p>', false],
  ['a tag that only begins as html does', '<htmlx><p>A</p>', false],
])('a file that begins with %s is a page or is not', async (_, content, isHtml) => {
  expect((await read(content, 'a.txt')).mediaType === 'text/html').toBe(isHtml);
});
