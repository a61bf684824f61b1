/** The GraphQL schema of hybrid-retriever: the passages that answer a question, by id. */
import type { FoundPassage as Found, RetrievalResult as Result } from '#core/plugin.ts';
import type { ServiceAnswer } from '#core/ports/services.ts';
import { encodeId } from '#schema/ids.ts';
import { sharedTypes, subgraphBuilder } from '../host/subgraph.ts';

const builder = subgraphBuilder('hybrid-retriever');
const { told } = sharedTypes(builder);

const Highlight = builder.objectRef<NonNullable<Found['highlights']>[number]>('Highlight').implement({
  description: 'A sentence of the passage, by offsets in UTF-16 code units, and how well it answers.',
  fields: (t) => ({ start: t.exposeInt('start'), end: t.exposeInt('end'), score: t.exposeFloat('score') }),
});
const FoundPassage = builder.objectRef<Found>('FoundPassage').implement({
  fields: (t) => ({
    id: t.exposeID('id', { description: 'As the database has it.' }),
    nodeId: t.id({ description: 'For the platform’s `node(id)`.', resolve: ({ id }) => encodeId('Passage', id) }),
    score: t.exposeFloat('score'),
    vectorScore: t.exposeFloat('vectorScore', { nullable: true }),
    keywordScore: t.exposeFloat('keywordScore', { nullable: true }),
    highlights: t.field({ type: [Highlight], resolve: ({ highlights = [] }) => [...highlights] }),
    duplicates: t.int({ resolve: ({ duplicates = 0 }) => duplicates }),
  }),
});
const SearchStrategy = builder.enumType('SearchStrategy', { values: ['HYBRID', 'VECTOR', 'KEYWORD'] as const });
const FoundPassages = builder.objectRef<Result>('FoundPassages').implement({
  fields: (t) => ({
    passages: t.field({ type: [FoundPassage], resolve: ({ passages }) => [...passages] }),
    strategy: t.expose('strategy', { type: SearchStrategy }),
    degraded: t.stringList({
      description: 'Names of what did not answer in time.',
      resolve: ({ degraded }) => [...degraded],
    }),
  }),
});
const RetrieveInput = builder.inputType('RetrieveInput', {
  fields: (t) => ({
    query: t.string({ required: true }),
    limit: t.int({ required: true, description: '1 to 100.' }),
    documentIds: t.stringList({ description: 'Null: all that the viewer may read.' }),
    strategy: t.field({ type: SearchStrategy }),
    vectorWeight: t.float(),
    keywordWeight: t.float(),
    rerank: t.boolean({ required: true }),
  }),
});
const Retrieval = builder.objectRef<ServiceAnswer & { readonly answer: Result | null }>('Retrieval').implement({
  fields: (t) => ({ answer: t.expose('answer', { type: FoundPassages, nullable: true }), ...told(t) }),
});

/** Passages of one search at most, as the platform has it. */
const MOST_PASSAGES = 100;

builder.queryField('retrieve', (t) =>
  t.field({
    type: Retrieval,
    description: 'The passages that answer a question, among those that the viewer of the call may read; best first.',
    args: { query: t.arg({ type: RetrieveInput, required: true }) },
    resolve: (_root, { query: asked }, { ask }) =>
      ask(async ({ driver, run, viewer, passages }) => {
        const query = {
          ...{ viewer, query: asked.query, rerank: asked.rerank, strategy: asked.strategy ?? null },
          ...{ vectorWeight: asked.vectorWeight ?? null, keywordWeight: asked.keywordWeight ?? null },
          limit: Math.min(Math.max(1, asked.limit), MOST_PASSAGES),
          documentIds: asked.documentIds ?? null,
          read: (ids: readonly string[]) => passages(viewer, ids),
        };
        const [result] = await driver.retrieve(query, run);
        return result;
      }),
  }),
);

export const schema = builder.toSchema();
