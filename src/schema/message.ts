import { notFound } from '#core/errors.ts';
import type { FeedbackRecord, MessageRecord } from '#core/ports/store.ts';
import { builder } from './builder.ts';
import { Citation } from './citation.ts';
import { Evaluation } from './evaluation.ts';
import { decodeId, encodeId } from './ids.ts';
import { IntentAnalysis } from './intent.ts';
import { MessageRole } from './message-role.ts';
import { Node, registerNode } from './node.ts';
import { connection } from './page.ts';
import { presentPassages } from './present-passages.ts';
import { Conversation, Generation, Message } from './refs.ts';

export const MessageStatus = builder.enumType('MessageStatus', {
  values: ['PENDING', 'STREAMING', 'COMPLETE', 'CANCELLED', 'FAILED', 'INTERRUPTED'] as const,
});
const Rating = builder.enumType('Rating', { values: ['UP', 'DOWN'] as const });

const Feedback = builder.objectRef<FeedbackRecord>('Feedback').implement({
  fields: (t) => ({
    rating: t.expose('rating', { type: Rating }),
    comment: t.exposeString('comment', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

/** Messages that follow one point, at most: what `following` of the store reads. */
const MOST_BRANCHES = 100;

Message.implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Message', id) }),
    conversation: t.field({
      type: Conversation,
      resolve: async ({ conversationId }, _arguments, { loaders }) => {
        const conversation = await loaders.conversation.load(conversationId);
        if (!conversation) throw notFound('Conversation');
        return conversation;
      },
    }),
    parent: t.field({
      type: Message,
      nullable: true,
      resolve: ({ parentId }, _arguments, { loaders }) => (parentId === null ? null : loaders.message.load(parentId)),
    }),
    siblings: t.field({
      type: [Message],
      description: 'Other branches at this point, this one included, oldest first; at most the newest 100.',
      extensions: { listSize: MOST_BRANCHES },
      resolve: async ({ conversationId, parentId }, _arguments, { loaders }) => [
        ...(await loaders.following.load({ conversationId, parentId })),
      ],
    }),
    children: t.field({
      type: [Message],
      description: 'The messages that follow this one, one a branch, oldest first; at most the newest 100.',
      extensions: { listSize: MOST_BRANCHES },
      resolve: async ({ conversationId, id }, _arguments, { loaders }) => [
        ...(await loaders.following.load({ conversationId, parentId: id })),
      ],
    }),
    role: t.expose('role', { type: MessageRole }),
    content: t.exposeString('content'),
    reasoning: t.exposeString('reasoning', {
      nullable: true,
      description: 'What a reasoning model thought before it answered; never sent back to a model.',
    }),
    status: t.expose('status', { type: MessageStatus }),
    generation: t.expose('generation', { type: Generation, nullable: true, description: 'Of an assistant’s message.' }),
    intent: t.expose('intent', {
      type: IntentAnalysis,
      nullable: true,
      description: 'Of a user’s message; null where the plugin was off.',
    }),
    citations: t.field({
      type: [Citation],
      resolve: async (message, _arguments, { loaders }, info) => {
        if (message.citations.length === 0) return [];
        const citations = await loaders.citations.load(message);
        const present = await presentPassages(
          citations.map(({ passage }) => passage),
          loaders,
          info,
        );
        const byId = new Map(present.map((passage) => [passage.id, passage]));
        return citations.flatMap((citation) => {
          const passage = byId.get(citation.passage.id);
          return passage ? [{ ...citation, passage }] : [];
        });
      },
    }),
    evaluation: t.expose('evaluation', { type: Evaluation, nullable: true }),
    feedback: t.expose('feedback', { type: Feedback, nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});
registerNode('Message', (id, { loaders }) => loaders.message.load(id));

export const MessageConnection = connection<MessageRecord>('Message', Message);

const RateMessageInput = builder.inputType('RateMessageInput', {
  fields: (t) => ({
    messageId: t.id({ required: true }),
    rating: t.field({ type: Rating, required: true }),
    comment: t.string(),
  }),
});

builder.mutationField('rateMessage', (t) =>
  t.field({
    type: Feedback,
    args: { input: t.arg({ type: RateMessageInput, required: true }) },
    resolve: (_root, { input: { messageId, rating, comment = null } }, { parley, viewer }) =>
      parley.messages.rate(viewer, { messageId: decodeId('Message', messageId), rating, comment }),
  }),
);
