import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { emit } from '#core/runtime/diagnostics.ts';
import { qualityMetrics, RecentMean } from './quality-metrics.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const score = (name: string, value: number) => ({ name, value, label: null, source: 'RULE', judge: 'test' }) as const;

test('a mean covers the last 100 values of the last hour', () => {
  let now = 0;
  const recent = new RecentMean(() => now);
  expect(recent.mean).toBeNull();
  recent.add(0);
  for (let count = 0; count < 100; count += 1) recent.add(0.8);
  expect(recent.mean).toBeCloseTo(0.8);
  now = 61 * 60 * 1000;
  expect(recent.mean).toBeNull();
  recent.add(0.5);
  expect(recent.mean).toBe(0.5);
});

test('before an answer is judged there is no sample, so an alert on low scores cannot fire', async () => {
  const registry = new Registry();
  stops.push(...qualityMetrics(registry));
  expect(await registry.metrics()).not.toMatch(/^quality_score_/m);
  emit('parley:evaluation', {
    generationId: 'g',
    scores: [score('overall', 0.9), score('faithfulness', 0.6), score('overall', 0.1), score('unknown', 1)],
  });
  const shown = await registry.metrics();
  expect(shown).toMatch(/^quality_score_overall 0.9$/m);
  expect(shown).toMatch(/^quality_score_groundedness 0.6$/m);
  expect(shown).not.toMatch(/^quality_score_safety/m);
});
