import { expect, test } from 'vitest';
import { isoOf } from './instant.ts';

test('An instant is written as toISOString writes it, before the epoch, past the year 9999 and at the ends of days too', () => {
  const DAY = 86_400_000;
  const times = [0, -1, 1, DAY - 1, DAY, -DAY, 8.64e15, -8.64e15, 253_402_300_800_000, -62_167_219_200_001];
  for (let seed = 1; seed < 5_000; seed += 1) times.push(Math.round(Math.sin(seed) * 10 ** (1 + (seed % 15))));
  for (const time of times) expect(isoOf(new Date(time))).toBe(new Date(time).toISOString());
});

test('A date that is none throws a RangeError', () => {
  expect(() => isoOf(new Date(Number.NaN))).toThrow(RangeError);
  expect(isoOf(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
});
