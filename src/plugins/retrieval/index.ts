import { setTimeout as sleep } from 'node:timers/promises';
import { definePlugin, type RetrievalQuery } from '#core/plugin.ts';
import { followStore } from './built-in/follow.ts';
import { IndexClient } from './built-in/index-client.ts';

export interface RetrievalOptions {
  /** Milliseconds between looks at what other replicas changed. */
  readonly followEvery?: number;
  /** Milliseconds that the start waits for the index; a larger one is built on while the server answers already. */
  readonly buildWithin?: number;
}

/** Grounds answers in documents: cuts them, indexes their passages, and finds those that bear on a question. */
export const retrievalPlugin = ({ followEvery = 1_000, buildWithin = 20_000 }: RetrievalOptions = {}) =>
  definePlugin({
    name: 'retrieval',
    version: '1.0.0',
    feature: { name: 'hybrid-retrieval', default: true },
    setup(house) {
      const index = new IndexClient(house.passages, house.warn);
      let stopFollowing: (() => void) | undefined;

      return {
        async start(signal) {
          const built = index.catchUp();
          stopFollowing = followStore(index, house, followEvery);
          const late = sleep(buildWithin, 'late' as const, { signal, ref: false });
          if ((await Promise.race([built, late])) === 'late')
            house.warn('the index is still being built; until it is, answers go without documents');
        },

        async stop() {
          stopFollowing?.();
          await index.stop();
        },

        health() {
          if (!index.ready) throw new Error('the index is being built');
          return `${index.size} passages`;
        },

        async retrieve({ viewer, query, documentIds, limit, rerank, strategy }, { signal }) {
          const passages = await index.search(
            { query, viewerId: viewer.id, tenant: viewer.tenant, documentIds, limit, rerank },
            signal,
          );
          return { passages, strategy: 'KEYWORD' as const, degraded: missingLegs(strategy) };
        },

        async ingest({ document, text, save }, { signal }) {
          await save(await index.split(text, signal), document.kind ?? 'GENERAL');
          await index.catchUp();
          return true as const;
        },
      };
    },
  });

/** There are no vectors: whoever asked for them by name is told. */
const missingLegs = (asked: RetrievalQuery['strategy']): string[] =>
  asked === 'VECTOR' || asked === 'HYBRID' ? ['vector'] : [];
