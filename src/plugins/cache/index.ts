import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import { admits, policyOf } from './admission.ts';
import { ExactLevel, tagOf, tenantTagOf } from './exact-level.ts';
import { metrics } from './metrics.ts';
import { settings } from './settings.ts';
import { SettledVersions } from './settled-versions.ts';

export interface CacheOptions {
  /** Milliseconds that a version of the passages must have stood to be trusted; see SettledVersions. */
  readonly settledAfter?: number;
}

/**
 * Answers a question again with the answer that it had, where the same passages would ground it. Equal questions that are
 * asked at once are answered by one model call.
 */
export const cachePlugin = ({ settledAfter }: CacheOptions = {}) =>
  definePlugin({
    name: 'cache',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    feature: { name: 'caching', default: false },
    settings,
    metrics,
    setup(house) {
      const { cache, settings: given } = house;
      const policy = policyOf(given);
      const exact = new ExactLevel(house, given, new SettledVersions(settledAfter));
      const showSize = () => {
        const { bytes, evictions } = cache.stats();
        house.metrics.set('cache_bytes', bytes);
        house.metrics.set('cache_evictions', evictions);
      };

      return {
        async recall(turn, context) {
          const found = (await exact.find(turn, context)) ?? (await exact.follow(turn));
          if (!found) house.metrics.add('cache_requests_total', 1, { outcome: 'miss' });
          return found;
        },

        async remember(turn, answer, report) {
          if (turn.ids === null) return;
          // The turn may have led others, and have been answered by another level.
          if (answer.cache.hit) return exact.land(turn);
          const { text, model, citations, usage, grounding, finishReason, degraded } = answer;
          const candidate = {
            ...{
              finishReason,
              degraded,
              characters: text.length,
              usd: usage.costUsd,
              quality: report?.overall ?? null,
            },
            asks: await exact.asks(turn),
          };
          const kept = admits(policy, candidate);
          const { generationId } = turn.ids;
          if (kept) await exact.keep(turn, { text, model, citations, usage, grounding, generationId });
          await exact.land(turn);
          house.metrics.add('cache_admissions_total', 1, { kept: kept ? 'yes' : 'no' });
          showSize();
        },

        async rated(_viewer, { rating, generationId, cacheKey }) {
          if (rating === 'DOWN') await exact.evict({ key: cacheKey, generationId });
          showSize();
        },

        async clear({ scope, key, tenant }) {
          if (key !== null) return exact.evictOf(key, tenant);
          const tag = tenant === null ? undefined : tenantTagOf(tenant);
          const removed = scope === 'EMBEDDINGS' ? 0 : await cache.clear(tag);
          showSize();
          return removed;
        },

        erase: ({ id }) => cache.clear(tagOf(id)),
      };
    },
  });
