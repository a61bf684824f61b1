import { definePlugin } from '#core/plugin.ts';
import { IndexClient } from './index-client.ts';
import { split } from './splitter.ts';

/** Milliseconds between looks at what other replicas changed. */
const FOLLOW = 1_000;

/** Grounds answers in documents: cuts them, indexes their passages, and finds those that bear on a question. */
export const retrievalPlugin = () =>
  definePlugin({
    name: 'retrieval',
    version: '1.0.0',
    feature: { name: 'hybrid-retrieval', default: true },
    setup({ passages: feed, warn }) {
      const index = new IndexClient(feed, warn);
      const follow = () => void index.catchUp().catch((error) => warn('the index could not follow the store', error));
      let timer: NodeJS.Timeout | undefined;
      let ignore: (() => void) | undefined;

      return {
        async start() {
          await index.catchUp();
          ignore = feed.onChange(follow);
          if (feed.shared) timer = setInterval(follow, FOLLOW).unref();
        },

        async stop() {
          ignore?.();
          clearInterval(timer);
          await index.stop();
        },

        health() {
          if (!index.alive) throw new Error('the index is being built anew');
          return `${index.size} passages`;
        },

        async retrieve({ viewer, query, documentIds, limit, rerank, strategy }, { signal }) {
          const passages = await index.search(
            { query, viewerId: viewer.id, tenant: viewer.tenant, documentIds, limit, rerank },
            signal,
          );
          const wantedVectors = strategy === 'VECTOR' || strategy === 'HYBRID';
          return { passages, strategy: 'KEYWORD' as const, degraded: wantedVectors ? ['vector'] : [] };
        },

        async ingest({ document, text, save }) {
          await save(split(text), document.kind ?? 'GENERAL');
          await index.catchUp();
          return true as const;
        },
      };
    },
  });
