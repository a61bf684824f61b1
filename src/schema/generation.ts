import { notFound } from '#core/errors.ts';
import type { StartedTurn } from '#core/services/index.ts';
import type { StageTrace as Trace } from '#core/turn.ts';
import { builder } from './builder.ts';
import { CacheOutcome } from './cache.ts';
import { GenerationError } from './error-code.ts';
import { decodeId, decodeOptionalId, encodeId } from './ids.ts';
import { MessageStatus } from './message.ts';
import { Node, registerNode } from './node.ts';
import { Generation, Message } from './refs.ts';
import { RouteDecision } from './routing.ts';
import { Usage } from './usage.ts';

const StageOutcome = builder.enumType('StageOutcome', { values: ['OK', 'SKIPPED', 'TIMED_OUT', 'FAILED'] as const });

const FinishReason = builder.enumType('FinishReason', {
  description: 'Why the model stopped. LENGTH and CONTENT_FILTER: the answer is not whole, though it is COMPLETE.',
  values: ['STOP', 'LENGTH', 'CONTENT_FILTER', 'OTHER'] as const,
});

const StageTrace = builder.objectRef<Trace>('StageTrace').implement({
  fields: (t) => ({
    stage: t.exposeString('stage'),
    plugin: t.exposeString('plugin'),
    outcome: t.expose('outcome', { type: StageOutcome }),
    durationMs: t.exposeFloat('durationMs'),
    detail: t.exposeString('detail', { nullable: true }),
  }),
});

Generation.implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Generation', id) }),
    message: t.field({
      type: Message,
      resolve: async ({ messageId }, _arguments, { loaders }) => {
        const message = await loaders.message.load(messageId);
        if (!message) throw notFound('Message');
        return message;
      },
    }),
    status: t.expose('status', { type: MessageStatus }),
    model: t.exposeString('model', { nullable: true }),
    route: t.expose('route', { type: RouteDecision, nullable: true }),
    cache: t.expose('cache', { type: CacheOutcome }),
    usage: t.field({ type: Usage, resolve: ({ usage }) => ({ ...usage, turns: 1 }) }),
    stages: t.field({
      type: [StageTrace],
      description: 'What ran, in order, with what it cost and how it ended.',
      resolve: ({ stages }) => [...stages],
    }),
    features: t.stringList({
      description: 'Switches that were on for this turn.',
      resolve: ({ features }) => [...features],
    }),
    finishReason: t.expose('finishReason', {
      type: FinishReason,
      nullable: true,
      description: 'Null until the answer is complete.',
    }),
    error: t.expose('error', { type: GenerationError, nullable: true }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    firstTokenMs: t.exposeInt('firstTokenMs', { nullable: true }),
    durationMs: t.exposeInt('durationMs', { nullable: true }),
  }),
});
registerNode('Generation', (id, { parley, viewer }) => parley.generations.get(viewer, id));

const SendMessagePayload = builder.objectRef<StartedTurn>('SendMessagePayload').implement({
  fields: (t) => ({
    userMessage: t.expose('userMessage', { type: Message }),
    assistantMessage: t.expose('assistantMessage', { type: Message }),
    generation: t.expose('generation', { type: Generation }),
    clientMutationId: t.string({ nullable: true, resolve: ({ generation }) => generation.clientMutationId }),
  }),
});

export const SendMessageInput = builder.inputType('SendMessageInput', {
  fields: (t) => ({
    conversationId: t.id({ description: 'A new conversation where absent.' }),
    parentId: t.id({
      description:
        'The answer to go on from, which makes its branch the active one; the end of the active branch where absent.',
    }),
    content: t.string({ required: true }),
    documentIds: t.idList({ description: 'Ground in these alone.' }),
    model: t.string({ description: 'Overrides the router.' }),
    clientMutationId: t.string({
      description: 'The same id again answers with the first result, and generates nothing.',
    }),
  }),
});

type SendMessageFields = typeof SendMessageInput.$inferInput;
export const toSendMessage = ({
  conversationId,
  parentId,
  content,
  documentIds,
  model,
  clientMutationId,
}: SendMessageFields) => ({
  conversationId: decodeOptionalId('Conversation', conversationId),
  parentId: decodeOptionalId('Message', parentId),
  content,
  documentIds: documentIds?.map((id) => decodeId('Document', id)) ?? null,
  model: model ?? null,
  clientMutationId: clientMutationId ?? null,
});

const EditMessageInput = builder.inputType('EditMessageInput', {
  fields: (t) => ({
    messageId: t.id({ required: true }),
    content: t.string({ required: true }),
    clientMutationId: t.string(),
  }),
});
const RegenerateMessageInput = builder.inputType('RegenerateMessageInput', {
  fields: (t) => ({ messageId: t.id({ required: true }), model: t.string(), clientMutationId: t.string() }),
});

builder.mutationFields((t) => ({
  sendMessage: t.field({
    type: SendMessagePayload,
    args: { input: t.arg({ type: SendMessageInput, required: true }) },
    resolve: (_root, { input }, { parley, viewer }) => parley.generations.send(viewer, toSendMessage(input)),
  }),
  editMessage: t.field({
    type: SendMessagePayload,
    description: 'A sibling branch; the old one stays.',
    args: { input: t.arg({ type: EditMessageInput, required: true }) },
    resolve: (_root, { input: { messageId, content, clientMutationId = null } }, { parley, viewer }) =>
      parley.generations.edit(viewer, { messageId: decodeId('Message', messageId), content, clientMutationId }),
  }),
  regenerateMessage: t.field({
    type: SendMessagePayload,
    args: { input: t.arg({ type: RegenerateMessageInput, required: true }) },
    resolve: (_root, { input: { messageId, model = null, clientMutationId = null } }, { parley, viewer }) =>
      parley.generations.regenerate(viewer, { messageId: decodeId('Message', messageId), model, clientMutationId }),
  }),
  cancelGeneration: t.field({
    type: Generation,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { parley, viewer }) => parley.generations.cancel(viewer, decodeId('Generation', id)),
  }),
}));
