import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import { admits, policyOf } from './admission.ts';
import { ExactLevel, tagOf, tenantTagOf } from './exact-level.ts';
import type { CacheOptions } from './index.ts';
import { SemanticLevel } from './semantic/level.ts';
import { metrics } from './semantic/metrics.ts';
import { settings } from './semantic/settings.ts';
import { SettledVersions } from './settled-versions.ts';

/**
 * Answers a question that says what an earlier one said, in other words, where it is as good as certain that it does. In shadow
 * mode it only counts what it would have said, and compares that with what the model says.
 */
export const semanticCachePlugin = ({ settledAfter }: CacheOptions = {}) =>
  definePlugin({
    name: 'semantic-cache',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    dependsOn: ['cache'],
    feature: { name: 'semantic-cache', default: false },
    settings,
    metrics,
    setup(house) {
      const { settings: given, cache, models } = house;
      const judge = given.JUDGE_MODEL;
      if (judge !== undefined) models.get(judge);
      const policy = policyOf(given);
      const entries = new ExactLevel(house, given, new SettledVersions(settledAfter));
      const level = new SemanticLevel(house, given, entries);
      const showSize = () => {
        house.metrics.set('cache_semantic_questions', level.candidates.size);
        house.metrics.set('cache_semantic_bytes', level.candidates.bytes);
      };

      return {
        recall: (turn, context) => level.find(turn, context),

        async remember(turn, answer, report, context) {
          if (answer.cache.hit || turn.ids === null) return;
          const { text, model, citations, usage, grounding, finishReason, degraded } = answer;
          const quality = report?.overall ?? null;
          const asks = await entries.asks(turn);
          if (admits(policy, { asks, characters: text.length, usd: usage.costUsd, finishReason, degraded, quality })) {
            const entry = { text, model, citations, usage, grounding, generationId: turn.ids.generationId };
            await level.learn(turn, entry, given.CACHE_TTL * 1_000, context.signal);
          }
          showSize();
          await level.verify(turn, answer, judge, context);
        },

        async rated(viewer, { rating, generationId, cacheKey }) {
          if (rating === 'DOWN') await level.refuse(viewer, cacheKey, generationId);
        },

        async clear({ scope, key, tenant }) {
          if (scope === 'EMBEDDINGS') return 0;
          if (key !== null) {
            level.candidates.remove(key);
            return entries.evictOf(key, tenant);
          }
          if (tenant === null) level.candidates.clear();
          else level.candidates.erase({ tenant });
          showSize();
          return cache.clear(tenant === null ? undefined : tenantTagOf(tenant));
        },

        async erase({ id }) {
          const here = level.candidates.erase({ viewerId: id });
          return Math.max(here, await cache.clear(tagOf(id)));
        },
      };
    },
  });
