import type { ConversationEvent } from '../events.ts';

/** One conversation, or all conversations of a viewer. */
export type EventSubject = { readonly conversationId: string } | { readonly viewerId: string };

/** Tells the replicas' readers that something happened. Lossy by nature: a reader that missed it reads the store. */
export interface PubSub {
  /** May take effect later than it is called; one publisher's events keep their order. Never throws. */
  publish(event: ConversationEvent): void;
  /**
   * Events of the subject that are published after it has resolved. Past a bound of unread ones the oldest are dropped.
   * Subscribe first, then read the store: so nothing falls in between.
   */
  subscribe(subject: EventSubject, signal: AbortSignal): Promise<AsyncIterableIterator<ConversationEvent>>;
}
