import type { MetricDeclarations } from '#core/plugin.ts';

export const metrics = {
  cache_requests_total: {
    type: 'counter',
    help: 'Questions by what the cache said: a hit by level, followed (the same question was being answered), or a miss',
    labels: { outcome: ['memory', 'remote', 'semantic', 'followed', 'miss'] },
  },
  cache_stale_total: { type: 'counter', help: 'Entries that were there, but rest on passages that are others now' },
  cache_admissions_total: {
    type: 'counter',
    help: 'Finished answers by whether they were kept',
    labels: { kept: ['yes', 'no'] },
  },
  cache_bytes: { type: 'gauge', help: 'Bytes of all cached values in this process' },
  cache_evictions: { type: 'gauge', help: 'Values that made room for others in this process since its start' },
  cache_saved_tokens_total: { type: 'counter', help: 'Tokens of model calls that hits made needless' },
  cache_saved_usd_total: { type: 'counter', help: 'US dollars of model calls that hits made needless' },
} as const satisfies MetricDeclarations;
