import type { ConversationEvent } from '#core/events.ts';
import type { PubSub } from '#core/ports/pub-sub.ts';
import { idleIterator } from './iterator.ts';

interface Subscriber {
  readonly queue: ConversationEvent[];
  wake: (() => void) | undefined;
}

/** Within one process. A reader that falls behind by more than `bound` events loses the oldest. */
export function memoryPubSub({ bound = 1_000 }: { readonly bound?: number } = {}): PubSub {
  const subscribers = new Map<string, Set<Subscriber>>();

  return {
    publish(event) {
      for (const subscriber of subscribers.get(event.conversationId) ?? []) {
        subscriber.queue.push(event);
        if (subscriber.queue.length > bound) subscriber.queue.shift();
        subscriber.wake?.();
      }
    },

    async subscribe(conversationId, signal) {
      const subscriber: Subscriber = { queue: [], wake: undefined };
      const group = subscribers.get(conversationId) ?? new Set();
      subscribers.set(conversationId, group.add(subscriber));
      const forget = () => {
        group.delete(subscriber);
        if (group.size === 0 && subscribers.get(conversationId) === group) subscribers.delete(conversationId);
      };
      return idleIterator<ConversationEvent>(signal, {
        take: () => subscriber.queue.shift(),
        wait: (wake) => {
          subscriber.wake = wake;
        },
        leave: forget,
      });
    },
  };
}
