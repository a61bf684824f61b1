import { expect, test } from 'vitest';
import { areContrasted } from './contrasts.ts';

const contrasted = (one: string, other: string) => [
  areContrasted(one.split(' '), other.split(' ')),
  areContrasted(other.split(' '), one.split(' ')),
];

test.each([
  ['a duty and a habit', 'the key must be set before a call', 'the key is set before a call'],
  ['one and both', 'it reads files or downloads them', 'files are read by it and then downloaded'],
])('%s are contrasted, in both orders', (_name, one, other) => {
  expect(contrasted(one, other)).toEqual([true, true]);
});

test.each([
  ['a duty in another word', 'the key must be set before a call', 'it is necessary to set the key before a call'],
  ['the same words in another order', 'pass a token or a password', 'a password or a token is passed'],
])('%s are not', (_name, one, other) => {
  expect(contrasted(one, other)).toEqual([false, false]);
});
