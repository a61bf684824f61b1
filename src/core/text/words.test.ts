import { expect, test } from 'vitest';
import { comparableWords, negatedWords, numbersIn } from './words.ts';

test('words are compared in lower case, in full or half width, and without their endings', () => {
  expect(comparableWords('Ｐrices RISING')).toEqual(comparableWords('price rises'));
});

test('Chinese is compared by pairs of characters, also right after Latin letters', () => {
  expect(comparableWords('BSkyB的标清')).toEqual(['bskyb', '的标', '标清']);
  expect(comparableWords('𠮷野家')).toEqual(['𠮷野', '野家']);
  expect(comparableWords('好')).toEqual(['好']);
});

test('numbers differ by value, not by commas', () => {
  expect(numbersIn('1,000 of 3.14 at 10:30，２０ 年')).toEqual(['1000', '3.14', '10:30', '20']);
});

test('a negation covers the few words after it', () => {
  expect([...negatedWords('The sky is not green.')]).toEqual(['green']);
  expect(negatedWords('他不喜欢茶').has('喜欢')).toBe(true);
  expect(negatedWords("It isn't red; it is blue.").has('blue')).toBe(false);
});

test('not every 不, 非 or not is a negation', () => {
  expect(negatedWords('这不仅非常好，而且未来不断进步')).toEqual(new Set());
  expect(negatedWords('not only red')).toEqual(new Set());
});
