import type { ConversationEvent, ConversationHappening } from '../events.ts';
import type { Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';

/**
 * Adds to each event the objects that it names, read at delivery. Leaves an event out if its conversation or message is gone.
 * A deletion carries the conversation as it was, and ends the stream on request.
 */
export async function* happenings(
  store: Store,
  viewer: Viewer,
  events: AsyncIterableIterator<ConversationEvent>,
  { endsWithDeletion }: { readonly endsWithDeletion: boolean },
): AsyncIterableIterator<ConversationHappening> {
  for await (const event of events) {
    if (event.type === 'conversation-deleted') {
      yield { event, conversation: event.conversation, message: null };
      if (endsWithDeletion) return;
      continue;
    }
    const happening = await (reads.get(event) ?? read(store, viewer, event));
    if (happening) yield happening;
  }
}

/** Readers of one event side by side are all its conversation's owner, and share what is read for it. */
const reads = new WeakMap<ConversationEvent, Promise<ConversationHappening | null>>();

function read(store: Store, viewer: Viewer, event: ConversationEvent): Promise<ConversationHappening | null> {
  const reading = Promise.all([
    store.conversations.get(viewer, event.conversationId),
    'messageId' in event ? store.messages.get(viewer, event.messageId) : null,
  ]).then(([conversation, message]) =>
    conversation && (message || !('messageId' in event)) ? { event, conversation, message } : null,
  );
  reads.set(event, reading);
  return reading;
}
