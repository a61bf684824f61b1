import { expect, test } from 'vitest';
import { hasLeaders, isStatement } from './statements.ts';

test.each([
  'The port is 80.',
  '// Serve calls the handler.',
  '默认端口是80。',
  '救困扶危；',
  '“He came (at last).”',
  'A sentence that a page’s end has cut off somewhere in the midst of what it says',
  '这一句话没有句号，但是它的长度足以说明它说了一些什么，所以它是一句话',
  '| zebra | grass |',
  'Per\t15\t7002',
  'John died.',
  'The Eiffel Tower is in Paris.',
  'In 1889.',
  'price: 12 EUR',
  '• Chemicals: €310,000',
  '· 费用：三百元',
  'animals[3].food: 草',
])('%j says something', (text) => {
  expect(isStatement(text)).toBe(true);
});

test.each([
  '9.1.2 Idempotent Methods',
  '第八回 王司徒巧使连环计 董太师大闹凤仪亭',
  '# A heading. With a stop.',
  '== History ==',
  '```javascript',
  '3.1 Overview ........ 12',
  '2.1 Syntax. . . . . . . . . iv',
  '第一章 引言 …………… 3',
  'func TimeoutHandler(h Handler, dt time.Duration, message string) Handler {',
  'for (const [place, block] of blocks.entries()) if (block.kind !== "text")',
  'png_set_expand(png_ptr);',
  'name: string;',
  '|---|---|',
  'Name\tRoom\tPhone',
  '\tx = 12;\ty',
  'How to make the most of it, and what is to be done with the rest of it ........ 12',
  '4.',
  '3. Grant of Patent License.',
  'Normalization.',
])('%j is no statement', (text) => {
  expect(isStatement(text)).toBe(false);
});

test('leaders are followed by a page’s number', () => {
  expect(hasLeaders('1.  Introduction . . . . . . . . . . .   1')).toBe(true);
  expect(hasLeaders('He waited .... and left in 12')).toBe(false);
  expect(hasLeaders('It costs 12')).toBe(false);
});

// Quadratic time would take minutes here.
test.each(['.', '. ', '|', 'a', ':', ' ', '( '])('a long text of %j takes linear time', (piece) => {
  expect(typeof isStatement(piece.repeat(200_000))).toBe('boolean');
});
