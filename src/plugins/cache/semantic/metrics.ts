import type { MetricDeclarations } from '#core/plugin.ts';

const SAID = ['hit', 'grey'];

export const metrics = {
  cache_semantic_total: {
    type: 'counter',
    help: 'Questions that say what a known one says, by what the semantic level said, and whether it was served',
    labels: { said: SAID, served: ['yes', 'no'] },
  },
  cache_semantic_verdicts_total: {
    type: 'counter',
    help: 'Known answers that were compared with the model’s own, by what had been said of them',
    labels: { said: SAID, verdict: ['equal', 'different', 'unknown'] },
  },
  cache_semantic_refused_total: { type: 'counter', help: 'Hits of the semantic level that a person rated DOWN' },
  cache_semantic_saved_usd_total: { type: 'counter', help: 'US dollars of model calls that its hits made needless' },
  cache_semantic_questions: { type: 'gauge', help: 'Questions that this process compares with' },
  cache_semantic_bytes: { type: 'gauge', help: 'About how many bytes they take' },
  cache_stale_total: { type: 'counter', help: 'Entries that were there, but rest on passages that are others now' },
} as const satisfies MetricDeclarations;
