import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { Best } from './best.ts';

test.each([0, 1, 2, 7, 50, 400])('the best %i are those of sorting all, of equal ones the first', (count) => {
  const random = seeded(count + 1);
  for (let round = 0; round < 20; round += 1) {
    const all = Array.from({ length: 300 }, (_, item) => ({ item, score: randomInteger(random, 40) }));
    const best = new Best(count);
    for (const { item, score } of all) best.offer(item, score);
    expect(best.sorted()).toEqual(all.toSorted((a, b) => b.score - a.score || a.item - b.item).slice(0, count));
    expect(best.full).toBe(count <= 300);
  }
});
