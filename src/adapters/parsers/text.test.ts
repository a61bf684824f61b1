import { expect, test } from 'vitest';
import { limitsOf } from './options.ts';
import { parseTextual } from './text.ts';

const textOf = async (content: string) =>
  (await parseTextual(Buffer.from(content), { name: 'rfc.txt', mediaType: 'text/plain' }, limitsOf({}))).text;

test('what RFCs print on each page is left out, with form feeds or without', async () => {
  const page = (number: number, body: string) =>
    `RFC 1234                 The Protocol                  June 1999\n\n\n${body}\n\n\nSmith, et al.            Standards Track             [Page ${number}]\n`;
  const pages = ['a sends what', 'it has.  Then b', 'answers.', 'The end.'].map((body, at) =>
    page(at + 1, `   ${body}`),
  );
  for (const between of ['\f', '\f\n', '\n', '\n\n'])
    expect(await textOf(pages.join(between))).toBe('   a sends what\n   it has.  Then b\n   answers.\n\n   The end.');
});

test('a paragraph that a page’s end cut goes on in the next line; a new one stands apart', async () => {
  const pages = ['   The client sends an extension that', '   names its modes.', '   The server answers.'];
  expect(await textOf(pages.join('\n\f\n'))).toBe(
    '   The client sends an extension that\n   names its modes.\n\n   The server answers.',
  );
});
