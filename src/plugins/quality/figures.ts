import type { MetricDeclarations, Metrics } from '#core/plugin.ts';
import type { QualityReport } from '#core/turn.ts';

const DIMENSIONS = ['overall', 'relevance', 'groundedness', 'completeness', 'coherence', 'safety'] as const;

export const METRICS = {
  ...Object.fromEntries(
    DIMENSIONS.map((name) => [
      `quality_score_${name}`,
      { type: 'gauge', help: `Mean ${name} score (0..1) of the last 100 answers that were judged here` } as const,
    ]),
  ),
  quality_evaluations_total: { type: 'counter', help: 'Answers judged', labels: { source: ['RULE', 'MODEL'] } },
  quality_judge_failures_total: {
    type: 'counter',
    help: 'Calls of JUDGE_MODEL without a verdict; the offline report stood',
    labels: { reason: ['down', 'slow', 'nonsense'] },
  },
} as const satisfies MetricDeclarations;

/** Answers that a mean covers. */
const WINDOW = 100;

/** Keeps the gauges of the scores: means over the last answers, so that one bad answer raises no alarm. */
export function scoreGauges(metrics: Metrics): (report: QualityReport) => void {
  const latest = new Map<string, number[]>();
  return (report) => {
    for (const name of DIMENSIONS) {
      const value = report[name];
      if (value === null) continue;
      const values = [...(latest.get(name) ?? []), value].slice(-WINDOW);
      latest.set(name, values);
      metrics.set(`quality_score_${name}`, values.reduce((sum, one) => sum + one, 0) / values.length);
    }
  };
}
