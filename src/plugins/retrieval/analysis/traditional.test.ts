import { expect, test } from 'vitest';
import { randomText, seeded } from '../../../../test/support/random.ts';
import { simplified } from './traditional.ts';

test('traditional characters become simplified ones, and nothing else changes', () => {
  expect(simplified('他在臺灣的圖書館 reads 𠮷野さん안녕')).toBe('他在台湾的图书馆 reads 𠮷野さん안녕');
  expect(simplified('薴')).toBe(simplified('苧'));
  const random = seeded(5);
  for (let round = 0; round < 200; round += 1) {
    const text = randomText(random, 30);
    expect(simplified(text)).toHaveLength(text.length);
    expect(simplified(simplified(text))).toBe(simplified(text));
  }
});
