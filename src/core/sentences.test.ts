import { describe, expect, test } from 'vitest';
import { randomText, seeded } from '../../test/support/random.ts';
import { sentences } from './sentences.ts';

const cut = (text: string): string[] => sentences(text).map(({ start, end }) => text.slice(start, end));

describe('a text is cut into', () => {
  test.each<[string, string, string[]]>([
    ['English sentences', 'It rains. Does it? Yes! So…  Well', ['It rains.', 'Does it?', 'Yes!', 'So…', 'Well']],
    ['Chinese sentences', '下雨了。真的吗？是的！好；走吧', ['下雨了。', '真的吗？', '是的！', '好；', '走吧']],
    ['sentences of both', 'It rains.下雨了。Yes.', ['It rains.', '下雨了。', 'Yes.']],
    [
      'sentences with their quotes',
      'He said “No.” She left. (Really!) 他说：“不。”她走了。',
      ['He said “No.”', 'She left.', '(Really!)', '他说：“不。”', '她走了。'],
    ],
    ['sentences with their references', 'It is old.[3][14] It is tall.', ['It is old.[3][14]', 'It is tall.']],
    ['lines', 'One\nTwo\r\n\n  Three  ', ['One', 'Two', 'Three']],
    ['items', '1. Mix it.\n2. Bake it.', ['1. Mix it.', '2. Bake it.']],
    ['rows', '| a | b |\n| c | d |', ['| a | b |', '| c | d |']],
    ['nothing where there is nothing', ' \n\t ', []],
  ])('%s', (_name, text, expected) => {
    expect(cut(text)).toEqual(expected);
  });
});

describe('a sentence goes on', () => {
  test.each([
    'Dr. Smith and Mr. J. R. R. Tolkien met at 5 p.m. in the U.S. Senate, e.g. on No. 5.',
    'It costs 3.14 dollars at example.com/a?b=c and node.js runs.',
    '"Why?" he asked.',
    'Yahoo! is a firm.',
    'A line of a text that was wrapped at some seventy characters goes on\nin the next line.',
    'It was wrapped after a good seventy characters or so, and goes on with\nParis, the capital.',
    '他看了《变男变女，变变变！》这部漫画。',
    '他说：“好！”，然后走了。',
    '我……不知道。',
  ])('%j', (text) => {
    expect(cut(text)).toEqual([text]);
  });
});

test('spans are in order, without overlap, hold all that is not white space and split no character', () => {
  const random = seeded(1);
  for (let round = 0; round < 500; round += 1) {
    const text = randomText(random, round % 40);
    let former = 0;
    for (const { start, end } of sentences(text)) {
      expect(start).toBeGreaterThanOrEqual(former);
      expect(text.slice(former, start).trim()).toBe('');
      const sentence = text.slice(start, end);
      expect(sentence).toBe(sentence.trim());
      expect(sentence).not.toBe('');
      expect(sentence.isWellFormed()).toBe(true);
      former = end;
    }
    expect(text.slice(former).trim()).toBe('');
  }
});

// Where the time rose with the square of the length, these would take minutes.
test.each(['.', '. ', '\n', '!"', '。', '.[1]', 'A.', '1.', ' ', 'a', '?)', ',\n', 'ab, cd\n'])(
  'a hundred thousand times %j is soon cut',
  (piece) => {
    const text = piece.repeat(100_000);
    const spans = sentences(text);
    expect(spans.every(({ start, end }) => start < end && end <= text.length)).toBe(true);
  },
);
