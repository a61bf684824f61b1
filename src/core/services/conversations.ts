import { randomUUIDv7 } from 'node:crypto';
import { notFound } from '../errors.ts';
import type { PubSub } from '../ports/pub-sub.ts';
import type { Store } from '../ports/store.ts';
import type { RunningGenerations } from '../turn/running-generations.ts';
import type { Conversations } from './index.ts';
import { checkOptional, checkText, checkTitle } from './input.ts';

export interface ConversationsOptions {
  readonly store: Store;
  readonly pubSub: PubSub;
  readonly leases: RunningGenerations;
  readonly maxMessageCharacters: number;
}

export function conversations({ store, pubSub, leases, maxMessageCharacters }: ConversationsOptions): Conversations {
  return {
    create(viewer, { title, systemPrompt }) {
      return store.conversations.create(viewer, {
        id: randomUUIDv7(),
        title: title === null ? 'New conversation' : checkTitle('title', title),
        systemPrompt: checkOptional(systemPrompt, (text) =>
          checkText('systemPrompt', text, maxMessageCharacters, 'MAX_MESSAGE_CHARACTERS'),
        ),
      });
    },

    get: (viewer, id) => store.conversations.get(viewer, id),
    getMany: (viewer, ids) => store.conversations.getMany(viewer, ids),
    list: (viewer, page, search) => store.conversations.list(viewer, page, search?.trim() || null),

    async rename(viewer, id, title) {
      const renamed = await store.conversations.rename(viewer, id, checkTitle('title', title));
      if (!renamed) throw notFound('Conversation');
      return renamed;
    },

    async delete(viewer, id) {
      const deleted = await store.conversations.delete(viewer, id);
      if (!deleted) throw notFound('Conversation');
      leases.abandon(deleted.liveGenerationIds);
      await store.audit.record(viewer, 'deleteConversation', id, {});
    },

    async events(viewer, id, signal) {
      const events = await pubSub.subscribe(id, signal);
      if (await store.conversations.get(viewer, id)) return events;
      await events.return?.();
      throw notFound('Conversation');
    },
  };
}
