import type { ConversationEvent } from '../events.ts';

/** Tells the replicas' readers that something happened. Lossy by nature: a reader that missed it reads the store. */
export interface PubSub {
  publish(event: ConversationEvent): void;
  /** Events of one conversation from now on. Past a bound of unread ones the oldest are dropped. */
  subscribe(conversationId: string, signal: AbortSignal): AsyncIterableIterator<ConversationEvent>;
}
