import { expect, test } from 'vitest';
import { piecesOf } from './characters.ts';

test.each([2, 3, 7])('pieces of %i units are the text, and each is well-formed', (length) => {
  for (const text of ['', 'a', 'a😀b😀😀c', '😀'.repeat(9), `${'x'.repeat(length - 1)}😀`]) {
    const pieces = [...piecesOf(text, length)];
    expect(pieces.join('')).toBe(text);
    for (const piece of pieces) expect(piece.isWellFormed() && piece.length <= length && piece !== '').toBe(true);
  }
});
