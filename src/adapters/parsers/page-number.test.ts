import { expect, test } from 'vitest';
import { pageNumberOf } from './page-number.ts';

test('a line that has the page’s number in several cells is numbered', () => {
  const [first, second] = [0, 1].map((page) => pageNumberOf(`Seite ${page + 1} von 5\tManual\tp. ${page + 1}`, page));
  expect(first).toEqual({ key: 'Manual\n2', rest: 'Manual', offset: 1 });
  expect(second).toEqual(first);
  expect(pageNumberOf('7\t8', 6)?.rest).toBe('7');
});
