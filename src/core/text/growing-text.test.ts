import { expect, test, vi } from 'vitest';
import { GrowingText } from './growing-text.ts';

test('it is all that was added, whenever it is read', () => {
  const growing = new GrowingText('从前 ');
  let text = '从前 ';
  for (let index = 0; index < 2_000; index += 1) {
    const piece = index % 7 === 0 ? '' : `词😀${index} `;
    growing.add(piece);
    text += piece;
    if (index % 13 === 0) expect(growing.read()).toBe(text);
    expect(growing.length).toBe(text.length);
  }
  expect([growing.read(), growing.read()]).toEqual([text, text]);
});

test('it is joined as it grows, and not at each piece', () => {
  const join = vi.spyOn(Array.prototype, 'join');
  const growing = new GrowingText();
  for (let index = 0; index < 100_000; index += 1) growing.add('piece ');
  const joins = join.mock.calls.length;
  join.mockRestore();
  expect(joins).toBeGreaterThan(5);
  expect(joins).toBeLessThan(60);
});
