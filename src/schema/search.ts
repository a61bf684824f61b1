import type { SearchAnswer } from '#core/services/index.ts';
import { builder } from './builder.ts';
import { Document } from './document.ts';
import { decodeId } from './ids.ts';
import { size } from './page.ts';
import { Passage } from './passage.ts';
import { presentPassages } from './present-passages.ts';

const SearchStrategy = builder.enumType('SearchStrategy', { values: ['HYBRID', 'VECTOR', 'KEYWORD'] as const });

const SearchResult = builder.objectRef<SearchAnswer>('SearchResult').implement({
  fields: (t) => ({
    passages: t.field({
      type: [Passage],
      resolve: ({ passages }, _arguments, { loaders }, info) => presentPassages(passages, loaders, info),
    }),
    strategy: t.expose('strategy', { type: SearchStrategy }),
    tookMs: t.exposeFloat('tookMs'),
    degraded: t.stringList({
      description: 'Names of what did not answer in time, or lacks what came while it was away.',
      resolve: ({ degraded }) => [...degraded],
    }),
    pending: t.field({
      type: [Document],
      description:
        'Documents that the search was limited to, or that the viewer owns, which are still being read: 50 at most.',
      resolve: async (answer, _arguments, { loaders }) => [...(await loaders.apart(() => answer.pending()))],
    }),
  }),
});

const SearchOptions = builder.inputType('SearchOptions', {
  fields: (t) => ({
    strategy: t.field({ type: SearchStrategy }),
    vectorWeight: t.float(),
    keywordWeight: t.float(),
    documentIds: t.idList(),
    rerank: t.boolean(),
  }),
});

builder.queryField('search', (t) =>
  t.field({
    type: SearchResult,
    args: {
      query: t.arg.string({ required: true }),
      first: t.arg.int({ defaultValue: 8 }),
      options: t.arg({ type: SearchOptions }),
    },
    resolve: (_root, { query, first, options }, { parley, viewer, signal }) =>
      parley.documents.search(
        viewer,
        query,
        size('first', first ?? 8),
        {
          strategy: options?.strategy ?? null,
          vectorWeight: options?.vectorWeight ?? null,
          keywordWeight: options?.keywordWeight ?? null,
          documentIds: options?.documentIds?.map((id) => decodeId('Document', id)) ?? null,
          rerank: options?.rerank ?? null,
        },
        signal,
      ),
  }),
);
