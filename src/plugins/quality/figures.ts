import type { MetricDeclarations } from '#core/plugin.ts';

/** The scores themselves are core's: `quality_score_*` follows what every judge says. */
export const METRICS = {
  quality_evaluations_total: { type: 'counter', help: 'Answers judged', labels: { source: ['RULE', 'MODEL'] } },
  quality_judge_failures_total: {
    type: 'counter',
    help: 'Calls of JUDGE_MODEL without a verdict; the offline report stood',
    labels: { reason: ['down', 'slow', 'nonsense'] },
  },
} as const satisfies MetricDeclarations;
