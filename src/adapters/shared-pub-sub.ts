import { randomUUID } from 'node:crypto';
import type { ConversationEvent } from '#core/events.ts';
import type { PubSub } from '#core/ports/pub-sub.ts';
import { doneWithin } from '#core/runtime/deadline.ts';
import { memoryPubSub } from './memory/pub-sub.ts';

/** How replicas reach each other. */
export interface Broadcast {
  publish(text: string): Promise<unknown>;
  /** Resolves when what others publish is heard. */
  listen(listener: (text: string) => void): Promise<unknown>;
}

/** Milliseconds that a reader waits for the channel; later it misses what others publish until it is there. */
const PATIENCE = 250;

/** Each replica tells its own readers at once, and the others over one channel: what that loses, they read when they look again. */
export function sharedPubSub(broadcast: Broadcast, { bound }: { readonly bound?: number } = {}): PubSub {
  const local = memoryPubSub(bound === undefined ? {} : { bound });
  const own = randomUUID();
  const listening = broadcast
    .listen((message) => {
      const { from, event } = parsed(message);
      if (event && from !== own) local.publish(event);
    })
    .catch(() => undefined);

  return {
    publish(event) {
      local.publish(event);
      broadcast.publish(JSON.stringify({ from: own, event })).catch(() => undefined);
    },
    async subscribe(subject, signal) {
      await doneWithin(PATIENCE, listening);
      return local.subscribe(subject, signal);
    },
  };
}

function parsed(message: string): { readonly from?: string; readonly event?: ConversationEvent } {
  try {
    const { from, event } = JSON.parse(message) as { from?: unknown; event?: Partial<ConversationEvent> };
    return typeof event?.type === 'string' && typeof event.conversationId === 'string' && typeof from === 'string'
      ? { from, event: event as ConversationEvent }
      : {};
  } catch {
    return {};
  }
}
