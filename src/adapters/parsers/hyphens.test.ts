import { expect, test } from 'vitest';
import { jointOf, wordsIn } from './hyphens.ts';

const joined = (before: string, after: string, others: readonly string[] = []): string => {
  const { between, cut } = jointOf(before, after, wordsIn(others));
  return (cut ? before.slice(0, -1) : before) + between + after;
};

test.each([
  ['manufac-', 'turing', 'manufacturing'],
  ['twenty-', 'four', 'twenty-four'],
  ['XR-', '7500', 'XR-7500'],
  ['Wi-', 'Fi', 'Wi-Fi'],
  ['state-of-the-', 'art', 'state-of-the-art'],
  ['Haupt-', 'und Nebensatz', 'Haupt- und Nebensatz'],
  ['USB-', 'stick', 'USB-stick'],
  ['long-', 'term', 'long-term'],
  ['soft\u00ad', 'ware', 'software'],
  ['the end', 'of it', 'the end of it'],
  ['pages 10-', '20', 'pages 10-20'],
])('%s and %s make %s', (before, after, whole) => {
  expect(joined(before, after)).toBe(whole);
});

test('the spelling elsewhere in the document decides', () => {
  expect(joined('the re-', 'entry', ['A re-entry is safe.'])).toBe('the re-entry');
  expect(joined('the one-', 'time', ['A onetime pad.'])).toBe('the onetime');
});
