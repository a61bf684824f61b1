import { expect, test } from 'vitest';
import { piecesOf, trimmedEnd, trimmedOf } from './characters.ts';

test.each([2, 3, 7])('pieces of %i units are the text, and each is well-formed', (length) => {
  for (const text of ['', 'a', 'a😀b😀😀c', '😀'.repeat(9), `${'x'.repeat(length - 1)}😀`]) {
    const pieces = [...piecesOf(text, length)];
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) expect(piece.isWellFormed() && piece.length <= length && piece !== '').toBe(true);
  }
});

test('trimming removes single characters at the end, or at both ends, and nothing between', () => {
  expect(trimmedEnd('a # b ##  ', /[#\s]/)).toBe('a # b');
  expect(trimmedEnd('####', /#/)).toBe('');
  expect(trimmedOf(' == a = b == ', /[=\s]/)).toBe('a = b');
  expect(trimmedOf('a😀', /[=\s]/)).toBe('a😀');
});
