import type { EvaluationRecord } from '#core/ports/store.ts';
import type { QualityReport as Report } from '#core/turn.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { Message } from './refs.ts';

const TextSpan = builder.objectRef<Report['unsupported'][number]>('TextSpan').implement({
  fields: (t) => ({ start: t.exposeInt('start'), end: t.exposeInt('end'), text: t.exposeString('text') }),
});

const QualityReport = builder.objectRef<Report>('QualityReport').implement({
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
  }),
});

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
