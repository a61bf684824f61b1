import { expect, test } from 'vitest';
import { exceedsBytes } from './response-size.ts';

test.each([
  ['plain text', 'x'.repeat(10_000)],
  ['Chinese', '桥'.repeat(10_000)],
  ['control characters', '\u0001'.repeat(10_000)],
  ['characters of two code units', '🌉'.repeat(5_000)],
  ['lines and quotes', 'a "b"\n'.repeat(3_000)],
  ['many short texts', Array.from({ length: 2_000 }, (_, index) => ({ id: `${index}`, title: 'a\n' }))],
  ['numbers, truth and nothing', Array.from({ length: 2_000 }, () => [1, true, null])],
])('%s counts as what JSON takes', (_title, value) => {
  const bytes = Buffer.byteLength(JSON.stringify({ data: value }));
  expect(exceedsBytes({ data: value }, bytes * 0.8)).toBe(true);
  expect(exceedsBytes({ data: value }, bytes * 2)).toBe(false);
});

test('a text that many fields share is counted each time', () => {
  const text = 'x'.repeat(100_000);
  expect(exceedsBytes({ data: Array.from({ length: 100 }, () => ({ content: text })) }, 9_000_000)).toBe(true);
});
