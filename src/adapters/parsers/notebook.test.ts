import { expect, test } from 'vitest';
import { parseNotebook } from './notebook.ts';

function read(notebook: unknown) {
  const parsed = parseNotebook(JSON.stringify(notebook));
  return parsed && { title: parsed.title, text: [...(parsed.pieces as Iterable<string>)].join('').trimEnd() };
}

test('cells of a notebook are text, and code with what it printed', () => {
  const cells = [
    { cell_type: 'markdown', source: ['# Circles\n', 'Their area.'] },
    {
      cell_type: 'code',
      source: ['def area(r):\n', '    return 3.14 * r ** 2\n'],
      outputs: [
        { output_type: 'stream', text: ['\u001b[31m12.56\u001b[0m\n'] },
        { output_type: 'display_data', data: { 'image/png': 'AAAA', 'text/plain': ['<Figure size 640x480>'] } },
        { output_type: 'error', ename: 'ValueError', evalue: 'too small' },
      ],
    },
    { cell_type: 'raw', source: 'As it is.' },
  ];
  expect(read({ nbformat: 4, metadata: { language_info: { name: 'python' } }, cells })).toEqual({
    title: 'Circles',
    text: '# Circles\nTheir area.\n\n```python\ndef area(r):\n    return 3.14 * r ** 2\n```\n\n```\n12.56\n```\n\n```\nValueError: too small\n```\n\nAs it is.',
  });
});

test('a notebook of format 3 is read, and other JSON is none', () => {
  const cells = [
    { cell_type: 'heading', level: 2, source: 'Two' },
    { cell_type: 'code', input: 'print(1)', outputs: [] },
  ];
  expect(read({ nbformat: 3, worksheets: [{ cells }] })?.text).toBe('## Two\n\n```\nprint(1)\n```');
  expect(read({ cells: [1, 2] })).toBeUndefined();
  expect(read({ nbformat: 4, cells: {} })).toBeUndefined();
  expect(parseNotebook('{"nbformat": 4, "cells": [')).toBeUndefined();
});

test('an output that is a page, Markdown or a formula alone is read', () => {
  const output = (data: unknown) => ({ output_type: 'display_data', data });
  const outputs = [
    output({ 'text/plain': ['<pandas.Styler at 0x7f3>'], 'text/html': '<table><tr><th>a<th>b<tr><td>1<td>2</table>' }),
    output({ 'text/markdown': '**55**' }),
    output({ 'text/latex': '$x^2$' }),
    output({ 'text/html': '<p>aside</p>', 'text/plain': 'plain' }),
  ];
  expect(read({ nbformat: 4, metadata: {}, cells: [{ cell_type: 'code', source: 'x', outputs }] })?.text).toBe(
    '```\nx\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n**55**\n\n$x^2$\n\n```\nplain\n```',
  );
});
