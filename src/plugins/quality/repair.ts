import { CONTRACT_VERSION, definePlugin, type MetricDeclarations } from '#core/plugin.ts';
import type { QualityReport, Revision, Turn } from '#core/turn.ts';
import { share01 } from './settings.ts';

const METRICS = {
  quality_repairs_total: {
    type: 'counter',
    help: 'Answers that were tried again because their score was under QUALITY_MINIMUM',
    labels: { outcome: ['started', 'better', 'not_better'] },
  },
  quality_repair_gain_total: { type: 'counter', help: 'Sum of what revised answers scored above their first tries' },
  quality_repair_cost_usd_total: { type: 'counter', help: 'US dollars that revised answers cost' },
} as const satisfies MetricDeclarations;

/** The cache reads the same setting. */
const MINIMUM = 'Minimum score: an answer below it is not cached, and may be revised';
/** Passages for the second try: wider than the first. */
const WIDER = 16;
/** First tries that wait for the score of their revision. */
const MOST_WAITING = 1_000;

/** Tries an answer that fell short once more. Off by default: it costs a second model call. */
export const repairPlugin = () =>
  definePlugin({
    name: 'quality-repair',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    dependsOn: ['quality'],
    feature: { name: 'quality-repair', default: false },
    settings: { QUALITY_MINIMUM: share01(0.6).describe(MINIMUM) },
    metrics: METRICS,

    setup({ settings: { QUALITY_MINIMUM: minimum }, metrics, models }) {
      const strong = models.list.some(({ tier }) => tier === 'STRONG');
      /** Maps the id of the user's message to the score of its first answer. */
      const first = new Map<string, number>();

      return {
        revise(turn, answer, report) {
          if (report.overall >= minimum || !turn.ids || turn.requestedModel !== null) return undefined;
          // The built-in answerer quotes the same passages again, and a filter cuts the same answer off again.
          if (answer.finishReason === 'CONTENT_FILTER' || answer.model.startsWith('built-in:')) return undefined;
          if (first.size >= MOST_WAITING) first.delete(first.keys().next().value ?? '');
          first.set(turn.ids.userMessageId, report.overall);
          metrics.add('quality_repairs_total', 1, { outcome: 'started' });
          return revisionFor(turn, report, minimum, strong);
        },

        remember(turn, answer, report) {
          const before = turn.revision && turn.ids ? first.get(turn.ids.userMessageId) : undefined;
          if (before === undefined || !turn.ids) return;
          first.delete(turn.ids.userMessageId);
          const gain = (report?.overall ?? 0) - before;
          metrics.add('quality_repairs_total', 1, { outcome: gain > 0 ? 'better' : 'not_better' });
          if (gain > 0) metrics.add('quality_repair_gain_total', gain);
          metrics.add('quality_repair_cost_usd_total', answer.usage.costUsd);
        },
      };
    },
  });

/** The dimension with the lowest score decides what to change. */
function revisionFor(turn: Turn, report: QualityReport, minimum: number, strong: boolean): Revision {
  const { groundedness, relevance, completeness, coherence, safety } = report;
  const dimensions = { groundedness: groundedness ?? 1, relevance, completeness, coherence, safety };
  const [weakest] = Object.entries(dimensions).sort(([, a], [, b]) => a - b)[0] ?? ['overall'];
  const advice = report.suggestions.slice(0, 5).map((suggestion) => `- ${suggestion}`);
  return {
    reason: `overall ${report.overall.toFixed(2)} is under ${minimum}; weakest: ${weakest}`,
    ...(strong ? { tier: 'STRONG' as const } : {}),
    ...(turn.passages.length > 0 ? { passageLimit: WIDER } : {}),
    instructions: [
      'An earlier answer to this message fell short. Write a better one: answer what was asked, and state only what the passages bear out.',
      ...(advice.length > 0 ? ['A reviewer said of the earlier answer:', ...advice] : []),
    ].join('\n'),
  };
}
