import type { ConversationRecord } from '#core/ports/store.ts';
import { NO_USAGE } from '#core/turn.ts';
import { builder } from './builder.ts';
import { Deletion } from './deletion.ts';
import { decodeId, encodeId } from './ids.ts';
import { MessageConnection } from './message.ts';
import { Node, registerNode } from './node.ts';
import { connection, pageArguments } from './page.ts';
import { Conversation } from './refs.ts';
import { Usage } from './usage.ts';

Conversation.implement({
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Conversation', id) }),
    title: t.exposeString('title'),
    systemPrompt: t.exposeString('systemPrompt', { nullable: true }),
    usage: t.field({
      type: Usage,
      description: 'Of all its turns, those of branches that are not active included.',
      resolve: async ({ id }, _arguments, { loaders }) => (await loaders.usage.load(id)) ?? { ...NO_USAGE, turns: 0 },
    }),
    topic: t.exposeString('topic', { nullable: true, description: 'What the intent plugin holds it to be about now.' }),
    messages: t.field({
      type: MessageConnection,
      description: 'The active branch, oldest first.',
      args: { first: t.arg.int(), after: t.arg.string(), last: t.arg.int(), before: t.arg.string() },
      resolve: ({ id }, given, { loaders }) => loaders.messages(id, pageArguments(given)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
});
registerNode('Conversation', (id, { loaders }) => loaders.conversation.load(id));

const ConversationOrder = builder.enumType('ConversationOrder', { values: ['CREATED', 'UPDATED'] as const });

const ConversationConnection = connection<ConversationRecord>('Conversation', Conversation);

builder.queryFields((t) => ({
  conversation: t.field({
    type: Conversation,
    nullable: true,
    description: 'Null when it is not the viewer’s: existence is never told.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, { loaders }) => loaders.conversation.load(decodeId('Conversation', id)),
  }),
  conversations: t.field({
    type: ConversationConnection,
    description: 'Newest first, by creation or by last change; `search`: those whose title contains it.',
    args: {
      first: t.arg.int(),
      after: t.arg.string(),
      last: t.arg.int(),
      before: t.arg.string(),
      search: t.arg.string(),
      orderBy: t.arg({ type: ConversationOrder, required: true, defaultValue: 'CREATED' }),
    },
    resolve: (_root, { search, orderBy, ...given }, { parley, viewer, loaders }) =>
      loaders.apart(() => parley.conversations.list(viewer, pageArguments(given), search ?? null, orderBy)),
  }),
}));

const CreateConversationInput = builder.inputType('CreateConversationInput', {
  fields: (t) => ({
    title: t.string(),
    systemPrompt: t.string(),
    clientMutationId: t.string({ description: 'The same id again answers with the first result, and makes nothing.' }),
  }),
});

builder.mutationFields((t) => ({
  createConversation: t.field({
    type: Conversation,
    args: { input: t.arg({ type: CreateConversationInput, required: true }) },
    resolve: (_root, { input: { title = null, systemPrompt = null, clientMutationId = null } }, { parley, viewer }) =>
      parley.conversations.create(viewer, { title, systemPrompt, clientMutationId }),
  }),
  renameConversation: t.field({
    type: Conversation,
    args: { id: t.arg.id({ required: true }), title: t.arg.string({ required: true }) },
    resolve: (_root, { id, title }, { parley, viewer }) =>
      parley.conversations.rename(viewer, decodeId('Conversation', id), title),
  }),
  selectBranch: t.field({
    type: Conversation,
    description:
      'Makes the branch that holds this message the active one, down to the newest message below it. What is being generated goes on.',
    args: { messageId: t.arg.id({ required: true }) },
    resolve: (_root, { messageId }, { parley, viewer }) =>
      parley.conversations.select(viewer, decodeId('Message', messageId)),
  }),
  deleteConversation: t.field({
    type: Deletion,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { parley, viewer }) => {
      await parley.conversations.delete(viewer, decodeId('Conversation', id));
      return { deletedId: id };
    },
  }),
}));
