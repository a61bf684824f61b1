import { expect, test, vi } from 'vitest';
import { remembered } from './remembered.ts';

test('a text is read once, and one that is too long each time', () => {
  const read = vi.fn((text: string) => text.length);
  const lengthOf = remembered(read, { longest: 5, characters: 1_000 });
  expect([lengthOf('short'), lengthOf('short'), lengthOf('longer'), lengthOf('longer')]).toEqual([5, 5, 6, 6]);
  expect(read.mock.calls.flat()).toEqual(['short', 'longer', 'longer']);
});

test('it holds no more than it may, however many texts come', () => {
  const read = vi.fn((text: string) => text);
  const same = remembered(read, { longest: 1_000, characters: 10_000 });
  for (let place = 0; place < 1_000; place += 1) same(`text ${place}`);
  read.mockClear();
  for (let place = 0; place < 1_000; place += 1) same(`text ${place}`);
  // A text of eight characters takes room for fifty more: fewer than 200 were held.
  expect(read.mock.calls.length).toBeGreaterThan(800);
});
