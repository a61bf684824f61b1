import type { ConversationHappening, ConversationEvent as Event } from '#core/events.ts';
import { builder } from './builder.ts';
import { decodeId } from './ids.ts';
import { Conversation, Message } from './refs.ts';

type Happened<Type extends Event['type']> = ConversationHappening & {
  readonly event: Extract<Event, { readonly type: Type }>;
};
type WithMessage = ConversationHappening & { readonly message: NonNullable<ConversationHappening['message']> };

const TYPE_NAMES = {
  'conversation-created': 'ConversationCreated',
  'conversation-renamed': 'ConversationRenamed',
  'conversation-deleted': 'ConversationDeleted',
  'branch-selected': 'BranchSelected',
  'message-added': 'MessageAdded',
  'message-finished': 'MessageFinished',
  'topic-changed': 'TopicChanged',
} as const satisfies Record<Event['type'], string>;

const ConversationEvent = builder.interfaceRef<ConversationHappening>('ConversationEvent').implement({
  resolveType: ({ event }) => TYPE_NAMES[event.type],
  fields: (t) => ({
    at: t.field({ type: 'DateTime', resolve: ({ event }) => event.at }),
    conversation: t.field({ type: Conversation, resolve: ({ conversation }) => conversation }),
  }),
});

const interfaces = [ConversationEvent];
for (const type of ['conversation-created', 'conversation-renamed'] as const)
  builder.objectRef<ConversationHappening>(TYPE_NAMES[type]).implement({ interfaces });
builder.objectRef<ConversationHappening>(TYPE_NAMES['conversation-deleted']).implement({
  interfaces,
  description: 'The conversation as it was. `conversation(id)` ends after it.',
});
for (const type of ['message-added', 'message-finished', 'branch-selected'] as const)
  builder.objectRef<WithMessage>(TYPE_NAMES[type]).implement({
    interfaces,
    fields: (t) => ({ message: t.field({ type: Message, resolve: ({ message }) => message }) }),
  });
builder.objectRef<Happened<'topic-changed'>>(TYPE_NAMES['topic-changed']).implement({
  interfaces,
  fields: (t) => ({ topic: t.string({ resolve: ({ event: { topic } }) => topic }) }),
});

builder.subscriptionFields((t) => ({
  conversation: t.field({
    type: ConversationEvent,
    description: 'What happens in a conversation from now on.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: (_root, { id }, { parley, viewer, signal }) =>
      parley.conversations.events(viewer, decodeId('Conversation', id), signal),
    resolve: (happened) => happened as ConversationHappening,
  }),
  conversations: t.field({
    type: ConversationEvent,
    description: 'What happens in all the viewer’s conversations from now on: what a list needs to stay true.',
    subscribe: (_root, _arguments, { parley, viewer, signal }) => parley.conversations.allEvents(viewer, signal),
    resolve: (happened) => happened as ConversationHappening,
  }),
}));
