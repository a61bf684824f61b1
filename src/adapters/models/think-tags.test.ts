import { describe, expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../test/support/random.ts';
import { ThinkTags } from './think-tags.ts';

/** Reasoning and answer of a text that comes in these pieces. */
function parted(pieces: readonly string[]): { readonly reasoning: string; readonly text: string } {
  const tags = new ThinkTags();
  const parts = [...pieces.flatMap((piece) => tags.push(piece)), ...tags.end()];
  const joined = (type: string) =>
    parts.flatMap((part) => (part.type === type && 'text' in part ? [part.text] : [])).join('');
  return { reasoning: joined('reasoning-delta'), text: joined('text-delta') };
}

const CASES: [string, string, string, string][] = [
  ['reasoning and an answer', '<think>\nHm, 2 < 3.\n</think>\n\nYes.', 'Hm, 2 < 3.', 'Yes.'],
  ['the longer tag', '<thinking>a</thinking>b', 'a', 'b'],
  ['tags in capitals, and in both', '<THINK>a\u0130</Think>b', 'a\u0130', 'b'],
  ['white space before the tag', '\n <think>a</think> b', 'a', 'b'],
  ['empty reasoning', '<think>\n\n</think>\n\nb', '', 'b'],
  ['reasoning that does not end', '<think>a </thin', 'a </thin', ''],
  ['reasoning that holds the opening tag and another closing one', '<think>x<think></b></think>b', 'x<think></b>', 'b'],
  ['an answer that is about the tags', 'Write <think>a</think>.', '', 'Write <think>a</think>.'],
  ['a second pair of tags', '<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>'],
  ['a tag that is another one', ' <thing>', '', ' <thing>'],
  ['half a tag', '<thi', '', '<thi'],
  ['no text', '', '', ''],
  ['white space alone', ' \n', '', ' \n'],
  ['surrogate pairs', '<think>😀</think>🌉', '😀', '🌉'],
];

describe.each(CASES)('%s', (_name, whole, reasoning, text) => {
  test('is separated, in one piece', () => {
    expect(parted([whole])).toEqual({ reasoning, text });
  });
  test('is separated, code unit by code unit', () => {
    expect(parted(whole.split(''))).toEqual({ reasoning, text });
  });
  test('is separated, at every cut', () => {
    const random = seeded(whole.length);
    for (let round = 0; round < 50; round += 1) {
      const cut = randomInteger(random, whole.length + 1);
      const other = randomInteger(random, whole.length + 1);
      const [from, to] = [Math.min(cut, other), Math.max(cut, other)];
      expect(parted([whole.slice(0, from), whole.slice(from, to), whole.slice(to)])).toEqual({ reasoning, text });
    }
  });
});

test('ThinkTags lets text out as it comes, once it knows what it is', () => {
  const tags = new ThinkTags();
  expect(tags.push('<think>')).toEqual([]);
  expect(tags.push('One')).toEqual([{ type: 'reasoning-delta', text: 'One' }]);
  expect(tags.push(' two <')).toEqual([{ type: 'reasoning-delta', text: ' two' }]);
  expect(tags.push(' 3</think>')).toEqual([{ type: 'reasoning-delta', text: ' < 3' }]);
  expect(tags.push('\n\n')).toEqual([]);
  expect(tags.push('Four')).toEqual([{ type: 'text-delta', text: 'Four' }]);
  expect(tags.push(' five')).toEqual([{ type: 'text-delta', text: ' five' }]);
});

// Polynomial time would take minutes here.
test('ThinkTags reads a text of angle brackets or white space in linear time', () => {
  for (const piece of ['<', ' ', '</']) {
    const { reasoning } = parted(['<think>a', ...Array.from({ length: 20_000 }, () => piece)]);
    expect(reasoning.length).toBeGreaterThan(20_000 * piece.length - 100);
  }
});
