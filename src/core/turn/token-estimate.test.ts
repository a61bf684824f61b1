import { expect, test } from 'vitest';
import { estimateTokens, TokenCount } from './token-estimate.ts';

test('four Latin letters or one CJK character to a token', () => {
  expect(['', 'a', 'four', 'five5', '词', '词语 four', '한국', '😀'].map(estimateTokens)).toEqual([
    0, 1, 1, 2, 1, 4, 2, 1,
  ]);
});

test('pieces count as their text does', () => {
  const pieces = ['The ', '价格', ' is 42', '。', '', '\u2e7f\u2e80\u9fff\ua000\ud7af\uf900\ufaff\ufb00'];
  const count = new TokenCount();
  for (const piece of pieces) count.add(piece);
  expect(count.tokens).toBe(estimateTokens(pieces.join('')));
  expect(count.length).toBe(pieces.join('').length);
});
