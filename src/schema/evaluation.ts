import type { EvaluationRecord, EvaluationSummary as Summary } from '#core/ports/store.ts';
import { scoresOf } from '#core/services/scores.ts';
import type { QualityReport as Report, Score as ScoreRecord } from '#core/turn.ts';
import { builder } from './builder.ts';
import { decodeOptionalId, encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { connection, pageArguments } from './page.ts';
import { Message } from './refs.ts';

const TextSpan = builder.objectRef<Report['unsupported'][number]>('TextSpan').implement({
  fields: (t) => ({ start: t.exposeInt('start'), end: t.exposeInt('end'), text: t.exposeString('text') }),
});

const ScoreSource = builder.enumType('ScoreSource', { values: ['RULE', 'MODEL', 'PERSON'] as const });
const Score = builder.objectRef<ScoreRecord>('Score').implement({
  description:
    'Named as the field names them: faithfulness (groundedness), answer_relevancy (relevance), context_precision, …',
  fields: (t) => ({
    name: t.exposeString('name'),
    value: t.exposeFloat('value'),
    label: t.exposeString('label', { nullable: true }),
    explanation: t.exposeString('explanation', { nullable: true }),
    source: t.expose('source', { type: ScoreSource }),
    judge: t.exposeString('judge'),
  }),
});

export const QualityReport = builder.objectRef<Report>('QualityReport').implement({
  fields: (t) => ({
    overall: t.exposeFloat('overall'),
    relevance: t.exposeFloat('relevance'),
    groundedness: t.exposeFloat('groundedness', { nullable: true, description: 'Null without context.' }),
    completeness: t.exposeFloat('completeness'),
    coherence: t.exposeFloat('coherence'),
    safety: t.exposeFloat('safety'),
    suggestions: t.stringList({ resolve: ({ suggestions }) => [...suggestions] }),
    unsupported: t.field({
      type: [TextSpan],
      description: 'Sentences of the response that the context does not bear out.',
      resolve: ({ unsupported }) => [...unsupported],
    }),
    judge: t.exposeString('judge', { description: 'Which judge said so, with its version.' }),
    scores: t.field({
      type: [Score],
      description: 'All of them by the names of the field, those of third parties too.',
      resolve: (report) => scoresOf(report),
    }),
  }),
});

const EvaluateQualityInput = builder.inputType('EvaluateQualityInput', {
  fields: (t) => ({
    query: t.string({ required: true }),
    response: t.string({ required: true }),
    context: t.stringList(),
  }),
});

builder.mutationField('evaluateQuality', (t) =>
  t.field({
    type: QualityReport,
    description: 'A dry run of the quality plugin: nothing is stored.',
    args: { input: t.arg({ type: EvaluateQualityInput, required: true }) },
    resolve: (_root, { input: { query, response, context } }, { parley, viewer, signal }) =>
      parley.operations.evaluateQuality(viewer, { query, response, context: context ?? null }, signal),
  }),
);

export const Evaluation = builder.objectRef<EvaluationRecord>('Evaluation').implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ messageId, id }) => encodeId('Evaluation', messageId ?? id) }),
    message: t.field({
      type: Message,
      nullable: true,
      resolve: ({ messageId }, _arguments, { loaders }) =>
        messageId === null ? null : loaders.message.load(messageId),
    }),
    report: t.expose('report', { type: QualityReport }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
// An evaluation is one a message, and is found by it.
registerNode('Evaluation', async (id, { loaders }) => (await loaders.message.load(id))?.evaluation);

const EvaluationConnection = connection<EvaluationRecord>('Evaluation', Evaluation);
const EvaluationGrouping = builder.enumType('EvaluationGrouping', { values: ['DAY', 'MODEL', 'INTENT'] as const });

const EvaluationFilter = builder.inputType('EvaluationFilter', {
  fields: (t) => ({
    conversationId: t.id(),
    since: t.field({ type: 'DateTime' }),
    until: t.field({ type: 'DateTime', description: 'Before this instant.' }),
    maxOverall: t.float({ description: '0..1: what scored at most this overall.' }),
    model: t.string({ description: 'provider:model that gave the answer.' }),
  }),
});

export const EvaluationSummary = builder.objectRef<Summary>('EvaluationSummary').implement({
  fields: (t) => ({
    key: t.exposeString('key', {
      description:
        "A day as 2026-11-28 (UTC), a model, a type of intent; 'none' where a turn has none; 'all' without grouping.",
    }),
    count: t.exposeInt('count', { description: 'Judged answers.' }),
    overall: t.exposeFloat('overall'),
    relevance: t.exposeFloat('relevance'),
    groundedness: t.exposeFloat('groundedness', { nullable: true }),
    satisfaction: t.exposeFloat('satisfaction', {
      nullable: true,
      description: 'The share of ratings that are UP; null where nobody rated.',
    }),
    p95Ms: t.exposeFloat('p95Ms', { nullable: true, description: 'Of complete turns.' }),
    errorRate: t.exposeFloat('errorRate', { description: 'The share of ended turns that failed or were interrupted.' }),
  }),
});

builder.queryFields((t) => ({
  evaluations: t.field({
    type: EvaluationConnection,
    description: 'Of one’s own answers, newest first.',
    args: { first: t.arg.int(), after: t.arg.string(), filter: t.arg({ type: EvaluationFilter }) },
    resolve: (_root, { filter, ...given }, { parley, viewer, loaders }) =>
      loaders.apart(() =>
        parley.evaluations.list(viewer, pageArguments(given), {
          conversationId: decodeOptionalId('Conversation', filter?.conversationId),
          since: filter?.since ?? null,
          until: filter?.until ?? null,
          maxOverall: filter?.maxOverall ?? null,
          model: filter?.model ?? null,
        }),
      ),
  }),
  evaluationSummary: t.field({
    type: [EvaluationSummary],
    description: 'Of one’s own turns, by key; groups without judged answers are left out.',
    args: {
      since: t.arg({ type: 'DateTime' }),
      until: t.arg({ type: 'DateTime' }),
      groupBy: t.arg({ type: EvaluationGrouping }),
    },
    resolve: async (_root, { since, until, groupBy }, { parley, viewer, loaders }) => {
      const range = { since: since ?? null, until: until ?? null, groupBy: groupBy ?? null };
      return [...(await loaders.apart(() => parley.evaluations.summary(viewer, range)))];
    },
  }),
}));
