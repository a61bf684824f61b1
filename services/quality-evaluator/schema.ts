/** The GraphQL schema of quality-evaluator: how good an answer is. */
import type { ServiceAnswer } from '#core/ports/services.ts';
import { dryTurn } from '#core/turn/dry-turn.ts';
import type { QualityReport as Report, Sample, Score as ScoreRecord, Turn } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';
import { SHAREABLE, sharedTypes, subgraphBuilder } from '../host/subgraph.ts';

const builder = subgraphBuilder('quality-evaluator');
const { MessageInput, told } = sharedTypes(builder);

const TextSpan = builder.objectRef<Report['unsupported'][number]>('TextSpan').implement({
  extensions: SHAREABLE,
  fields: (t) => ({ start: t.exposeInt('start'), end: t.exposeInt('end'), text: t.exposeString('text') }),
});
const ScoreSource = builder.enumType('ScoreSource', { values: ['RULE', 'MODEL', 'PERSON'] as const });
const Score = builder.objectRef<ScoreRecord>('Score').implement({
  extensions: SHAREABLE,
  fields: (t) => ({
    name: t.exposeString('name'),
    value: t.exposeFloat('value'),
    label: t.exposeString('label', { nullable: true }),
    explanation: t.exposeString('explanation', { nullable: true }),
    source: t.expose('source', { type: ScoreSource }),
    judge: t.exposeString('judge'),
  }),
});
const JudgesReport = builder.objectRef<Report>('JudgesReport').implement({
  description: 'The platform’s QualityReport has the dimensions among its scores too.',
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
      description: 'Sentences of the response that the context does not support.',
      resolve: ({ unsupported }) => [...unsupported],
    }),
    judge: t.exposeString('judge', { description: 'Which judge said so, with its version.' }),
    scores: t.field({
      type: [Score],
      description: 'Those beside the dimensions above.',
      resolve: ({ scores = [] }) => [...scores],
    }),
  }),
});

const AssessInput = builder.inputType('AssessInput', {
  fields: (t) => ({
    query: t.string({ required: true }),
    response: t.string({ required: true }),
    context: t.stringList({ description: 'Texts that the response may rest on; null: it is not grounded.' }),
    expected: t.string({ description: 'The reference answer of an evaluation set.' }),
    history: t.field({ type: [MessageInput], required: true }),
    generationId: t.string({ description: 'Of a turn: the share of turns that is judged goes by it.' }),
    isRevision: t.boolean({ required: true, description: 'True for a second answer, which is always judged.' }),
  }),
});
type Asked = typeof AssessInput.$inferInput;

/** The turn of a sample, as far as a judge looks at it. */
function turnOf({ query, history, generationId, isRevision }: Asked, viewer: Viewer): Turn | null {
  if (typeof generationId !== 'string') return null;
  return {
    ...dryTurn(viewer, query, history, new Set()),
    ids: { conversationId: '', userMessageId: '', assistantMessageId: '', generationId },
    revision: isRevision ? { reason: '' } : null,
  };
}

const sampleOf = (asked: Asked, viewer: Viewer): Sample => ({
  query: asked.query,
  response: asked.response,
  context: asked.context ?? null,
  expected: asked.expected ?? null,
  history: asked.history,
  turn: turnOf(asked, viewer),
});

const Assessment = builder.objectRef<ServiceAnswer & { readonly answer: Report | null }>('Assessment').implement({
  fields: (t) => ({
    answer: t.expose('answer', { type: JudgesReport, nullable: true, description: 'Null: it is not judged.' }),
    ...told(t),
  }),
});

builder.queryField('assess', (t) =>
  t.field({
    type: Assessment,
    description: 'How good an answer is.',
    args: { sample: t.arg({ type: AssessInput, required: true }) },
    resolve: (_root, { sample }, { ask }) =>
      ask(({ driver, run, viewer }) => driver.assess(sampleOf(sample, viewer), run)),
  }),
);

export const schema = builder.toSchema();
