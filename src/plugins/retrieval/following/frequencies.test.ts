import { afterEach, expect, test, vi } from 'vitest';
import { Frequencies } from './frequencies.ts';

afterEach(() => vi.useRealTimers());

test('a search keeps its counts while others count again', () => {
  vi.useFakeTimers();
  const frequencies = new Frequencies();
  expect(frequencies.known(['zebra'])).toEqual(new Map());
  frequencies.learn({ size: 10, averageLength: 7, total: 90 }, [['zebra', [3, 5]]]);
  const held = frequencies.known(['zebra', 'lion']);
  expect(held).toEqual(new Map([['zebra', [3, 5]]]));
  vi.advanceTimersByTime(60_000);
  expect(frequencies.known(['zebra'])).toEqual(new Map());
  expect(held).toEqual(new Map([['zebra', [3, 5]]]));
  expect(frequencies.library).toEqual({ size: 10, averageLength: 7, total: 90 });
});
