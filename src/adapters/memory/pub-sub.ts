import type { ConversationEvent } from '#core/events.ts';
import type { EventSubject, PubSub } from '#core/ports/pub-sub.ts';
import { idleIterator } from './iterator.ts';

interface Subscriber {
  readonly queue: ConversationEvent[];
  wake: (() => void) | undefined;
}

const keyOf = (subject: EventSubject): string =>
  'conversationId' in subject ? `conversation ${subject.conversationId}` : `viewer ${subject.viewerId}`;

/** Publishes within one process. A reader that lags by more than `bound` events loses the oldest. */
export function memoryPubSub({ bound = 1_000 }: { readonly bound?: number } = {}): PubSub {
  const subscribers = new Map<string, Set<Subscriber>>();

  return {
    publish(event) {
      for (const subject of [{ conversationId: event.conversationId }, { viewerId: event.viewerId }])
        for (const subscriber of subscribers.get(keyOf(subject)) ?? []) {
          subscriber.queue.push(event);
          if (subscriber.queue.length > bound) subscriber.queue.shift();
          subscriber.wake?.();
        }
    },

    async subscribe(subject, signal) {
      const key = keyOf(subject);
      const subscriber: Subscriber = { queue: [], wake: undefined };
      const group = subscribers.get(key) ?? new Set();
      subscribers.set(key, group.add(subscriber));
      const forget = () => {
        group.delete(subscriber);
        if (group.size === 0 && subscribers.get(key) === group) subscribers.delete(key);
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
