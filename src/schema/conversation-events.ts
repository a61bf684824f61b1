import { notFound } from '#core/errors.ts';
import type { ConversationEvent as Event } from '#core/events.ts';
import { builder } from './builder.ts';
import { decodeId } from './ids.ts';
import { Conversation, Message } from './refs.ts';

type Happened<Type extends Event['type']> = Extract<Event, { type: Type }>;

const TYPE_NAMES = {
  'message-added': 'MessageAdded',
  'message-finished': 'MessageFinished',
  'topic-changed': 'TopicChanged',
} as const satisfies Record<Event['type'], string>;

const ConversationEvent = builder.interfaceRef<Event>('ConversationEvent').implement({
  resolveType: ({ type }) => TYPE_NAMES[type],
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    conversation: t.field({
      type: Conversation,
      resolve: async ({ conversationId }, _arguments, { parley, viewer }) => {
        const conversation = await parley.conversations.get(viewer, conversationId);
        if (!conversation) throw notFound('Conversation');
        return conversation;
      },
    }),
  }),
});

const interfaces = [ConversationEvent];
for (const type of ['message-added', 'message-finished'] as const)
  builder.objectRef<Happened<typeof type>>(TYPE_NAMES[type]).implement({
    interfaces,
    fields: (t) => ({
      message: t.field({
        type: Message,
        resolve: async ({ messageId }, _arguments, { parley, viewer }) => {
          const message = await parley.messages.get(viewer, messageId);
          if (!message) throw notFound('Message');
          return message;
        },
      }),
    }),
  });
builder.objectRef<Happened<'topic-changed'>>(TYPE_NAMES['topic-changed']).implement({
  interfaces,
  fields: (t) => ({ topic: t.exposeString('topic') }),
});

builder.subscriptionField('conversation', (t) =>
  t.field({
    type: ConversationEvent,
    description: 'What happens in a conversation from now on.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: (_root, { id }, { parley, viewer, signal }) =>
      parley.conversations.events(viewer, decodeId('Conversation', id), signal) as never,
    resolve: (happened) => happened as Event,
  }),
);
