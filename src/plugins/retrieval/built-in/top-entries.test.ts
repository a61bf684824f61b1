import { expect, test } from 'vitest';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { Runs } from './runs.ts';
import { topEntries } from './top-entries.ts';

test.each([1, 5, 100])(
  'the best %i of the runs are found, of equal ones the first, and none that scores nothing',
  (count) => {
    const random = seeded(count);
    const scores = Float32Array.from({ length: 400 }, () => Math.max(0, randomInteger(random, 60) - 20));
    const runs = new Runs();
    for (let entry = 0; entry < scores.length; entry += 1) if (entry % 50 < 30) runs.add(entry);
    const expected = [...runs.entries()]
      .map((item) => ({ item, score: scores[item] as number }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.item - b.item)
      .slice(0, count);
    expect(topEntries(scores, count, runs)).toEqual(expected);
  },
);
