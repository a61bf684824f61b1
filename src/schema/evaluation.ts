import type { EvaluationRecord } from '#core/ports/store.ts';
import { scoresOf } from '#core/services/scores.ts';
import type { QualityReport as Report, Score as ScoreRecord } from '#core/turn.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
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
    resolve: (_root, { input: { query, response, context } }, { parley, viewer }) =>
      parley.operations.evaluateQuality(viewer, { query, response, context: context ?? null }),
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
