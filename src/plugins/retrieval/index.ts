import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import { doneWithin } from '#core/runtime/deadline.ts';
import { asksForOverview } from './analysis/overview.ts';
import { SplitThread } from './chunking/split-thread.ts';
import { followStore } from './following/follow-store.ts';
import { LEG_BUDGET, Leg, LOCAL_BUDGET, METRICS } from './following/leg.ts';
import { untilIndexed } from './following/until-indexed.ts';
import { legsOf } from './legs.ts';
import type { RetrievalOptions } from './options.ts';
import { searcher } from './search.ts';
import { storesOf } from './stores.ts';

/** Milliseconds that the start waits for search servers that answer. */
const OPEN_WITHIN = 3_000;
/** Milliseconds that a search waits for what other processes changed; then it goes with what is there. */
const CATCH_UP_WITHIN = 500;
/** Time limit in milliseconds for an engine's report of its completeness. */
const STORES_WITHIN = 900;

/** Grounds answers in documents: splits them, indexes their passages, and finds the passages that are relevant to a question. */
export const retrievalPlugin = (options: RetrievalOptions = {}) =>
  definePlugin({
    name: 'retrieval',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    feature: { name: 'hybrid-retrieval', default: true },
    metrics: METRICS,
    setup: async (house) => {
      const { buildWithin = 20_000, indexWithin = 30_000, followEvery = 1_000 } = options;
      const legs = await legsOf(options, house);
      const { index, keywords, vectors } = legs;
      const { warn, metrics, deadlineFactor } = house;
      const indexed = untilIndexed(legs, indexWithin);
      const splitting = new SplitThread();
      const budgetOf = (isLocal: boolean) => (isLocal ? LOCAL_BUDGET : LEG_BUDGET) * deadlineFactor;
      const search = searcher({
        index,
        keywords,
        vectors,
        legs: {
          keyword: new Leg({ name: 'keyword', warn, metrics, budget: budgetOf(!keywords) }),
          vector: new Leg({
            ...{ name: 'vector', warn, metrics },
            budget: budgetOf(Boolean(vectors?.local && vectors.builtIn)),
          }),
        },
        beginnings: (...asked) => house.passages.beginnings(...asked),
        prior: (options.vectorWeight ?? 0.7) / Math.max(1e-6, options.keywordWeight ?? 0.3),
      });
      let stopFollowing: (() => void) | undefined;

      return {
        async start(signal) {
          const opened = Promise.all([keywords?.start(), vectors?.start()]);
          const built = index.catchUp();
          stopFollowing = followStore(index, house, followEvery);
          if (!(await doneWithin(buildWithin, built, signal)))
            house.warn('the index is still being built; until it is, answers go without documents');
          // Waits briefly for engines that do not answer, and not for engines that are down.
          await doneWithin(OPEN_WITHIN, opened, signal);
        },

        async warm(signal) {
          if (index.size === 0) return;
          asksForOverview('What is this about?');
          await Promise.all([index.work('warm', {}, signal), vectors?.warm()]);
        },

        async stop() {
          stopFollowing?.();
          await Promise.all([keywords?.stop(), vectors?.stop(), splitting.stop()]);
          await index.stop();
        },

        health() {
          if (!keywords && !index.ready) throw new Error('the index is being built');
          const own = keywords ? [] : [`${index.size} passages`];
          return [...own, ...[keywords, vectors].flatMap((leg) => leg?.describe() ?? [])].join('; ');
        },

        stores: () => storesOf(legs, AbortSignal.timeout(STORES_WITHIN)),

        async retrieve(query, { signal }) {
          if (options.catchUpFirst) await doneWithin(CATCH_UP_WITHIN, index.catchUp(), signal).catch(() => false);
          signal.throwIfAborted();
          const result = await search(query, signal);
          const degraded = result.degraded.length > 0 ? 'yes' : 'no';
          metrics.add('retrieval_searches_total', 1, { strategy: result.strategy.toLowerCase(), degraded });
          return result;
        },

        async ingest({ document, text, save, progress }, { signal }) {
          void vectors?.warm();
          const { id, title, mediaType, kind: given } = document;
          const { kind, passages } = await splitting.split({ text, title, mediaType, kind: given }, signal);
          await save(passages, kind);
          await progress('EMBEDDING', 0.6);
          const late = await indexed(signal);
          if (late) house.warn(`document ${id} is stored; an index that does not answer takes it up later`, late);
          return true as const;
        },
      };
    },
  });
