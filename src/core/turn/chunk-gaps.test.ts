import { expect, test } from 'vitest';
import { ChunkGaps } from './chunk-gaps.ts';

const gapsOf = (chunks: number) => {
  const gaps = new ChunkGaps();
  for (let chunk = 0, now = 0; chunk < chunks; now += chunk, chunk += 1) gaps.add(now);
  return gaps;
};

test('all gaps of a short answer, none where one chunk or none came', () => {
  expect([gapsOf(0).values, gapsOf(1).values]).toEqual([[], []]);
  expect(gapsOf(5)).toMatchObject({ values: [0, 1, 2, 3], each: 1 });
});

test('of a long answer some, evenly over it, that stand for all', () => {
  for (const chunks of [17, 18, 33, 34, 100, 1_000, 12_345]) {
    const { values, each } = gapsOf(chunks);
    expect(values).toEqual(values.map((_, index) => index * each));
    expect(values.length).toBeLessThanOrEqual(16);
    expect(values.length * each).toBeGreaterThanOrEqual(chunks - 1);
    expect((values.length - 1) * each).toBeLessThan(chunks - 1);
  }
});
