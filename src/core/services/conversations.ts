import { notFound } from '../errors.ts';
import type { PubSub } from '../ports/pub-sub.ts';
import type { ConversationRecord, Store } from '../ports/store.ts';
import { newId } from '../runtime/identifier.ts';
import type { RunningGenerations } from '../turn/running-generations.ts';
import { happenings } from './conversation-happenings.ts';
import { requestIdentity } from './fingerprint.ts';
import type { Conversations } from './index.ts';
import { checkOptional, checkText, checkTitle } from './input.ts';

export interface ConversationsOptions {
  readonly store: Store;
  readonly pubSub: PubSub;
  readonly leases: RunningGenerations;
  readonly maxMessageCharacters: number;
}

/** The events that this service publishes of a conversation. */
type Told =
  | { readonly type: 'conversation-created' | 'conversation-renamed' }
  | { readonly type: 'branch-selected'; readonly messageId: string }
  | { readonly type: 'conversation-deleted'; readonly conversation: ConversationRecord };

export function conversations({ store, pubSub, leases, maxMessageCharacters }: ConversationsOptions): Conversations {
  const tell = ({ id, viewerId }: ConversationRecord, what: Told): void =>
    pubSub.publish({ ...what, conversationId: id, viewerId, at: Date.now() });

  return {
    async create(viewer, { title, systemPrompt, clientMutationId }) {
      const { created, conversation } = await store.conversations.create(viewer, {
        id: newId(),
        title: title === null ? 'New conversation' : checkTitle('title', title),
        systemPrompt: checkOptional(systemPrompt, (text) =>
          checkText('systemPrompt', text, maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS'),
        ),
        request: requestIdentity(clientMutationId, [title, systemPrompt]),
      });
      if (created) tell(conversation, { type: 'conversation-created' });
      return conversation;
    },

    get: (viewer, id) => store.conversations.get(viewer, id),
    getMany: (viewer, ids) => store.conversations.getMany(viewer, ids),
    list: (viewer, page, search, orderBy) => store.conversations.list(viewer, page, search?.trim() || null, orderBy),
    usage: (viewer, ids) => store.conversations.usage(viewer, ids),

    async rename(viewer, id, title) {
      const renamed = await store.conversations.rename(viewer, id, checkTitle('title', title));
      if (!renamed) throw notFound('Conversation');
      tell(renamed, { type: 'conversation-renamed' });
      return renamed;
    },

    async delete(viewer, id) {
      const deleted = await store.conversations.delete(viewer, id);
      if (!deleted) throw notFound('Conversation');
      leases.abandon(deleted.liveGenerationIds);
      tell(deleted.conversation, { type: 'conversation-deleted', conversation: deleted.conversation });
      await store.audit.record(viewer, 'deleteConversation', id, {});
    },

    async events(viewer, id, signal) {
      const events = await pubSub.subscribe({ conversationId: id }, signal);
      if (await store.conversations.get(viewer, id))
        return happenings(store, viewer, events, { endsWithDeletion: true });
      await events.return?.();
      throw notFound('Conversation');
    },

    async allEvents(viewer, signal) {
      const events = await pubSub.subscribe({ viewerId: viewer.id }, signal);
      return happenings(store, viewer, events, { endsWithDeletion: false });
    },

    async select(viewer, messageId) {
      const conversation = await store.conversations.select(viewer, messageId);
      if (!conversation) throw notFound('Message');
      tell(conversation, { type: 'branch-selected', messageId });
      return conversation;
    },
  };
}
