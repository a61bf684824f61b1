import { expect, test } from 'vitest';
import { checkText, titleOf } from './input.ts';

test('a title is the beginning of the message, cut between words and never in a character', () => {
  expect(titleOf('  short\nquestion ')).toBe('short question');
  expect(titleOf(`${'word '.repeat(30)}`)).toMatch(/^(word ){10,12}?word…$/);
  const family = '👨‍👩‍👧‍👦';
  const title = titleOf(family.repeat(20));
  expect(title.slice(0, -1).replaceAll(family, '')).toBe('');
  expect(titleOf('长'.repeat(100))).toBe(`${'长'.repeat(60)}…`);
});

test('text is bounded, not blank, and storable', () => {
  expect(() => checkText('content', ' \n ', 10)).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(() => checkText('content', 'x'.repeat(11), 10)).toThrowError(
    expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
  );
  expect(checkText('content', 'a\0b\ud800', 10)).toBe('a\ufffdb\ufffd');
});
