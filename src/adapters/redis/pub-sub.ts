import { randomUUID } from 'node:crypto';
import type { ConversationEvent } from '#core/events.ts';
import type { PubSub } from '#core/ports/pub-sub.ts';
import { doneWithin } from '#core/runtime/deadline.ts';
import { memoryPubSub } from '../memory/pub-sub.ts';
import type { RedisConnection } from './connection.ts';

/** Milliseconds that a reader waits for its subscription. After that it misses events until the subscription is there. */
const PATIENCE = 250;

/**
 * Events to the readers of all replicas: each replica tells its own at once, and the others over one channel. While Redis is
 * away the others' readers miss events, and read the store when they look again.
 */
export function redisPubSub(
  redis: RedisConnection,
  { bound, prefix = 'parley:' }: { readonly bound?: number; readonly prefix?: string } = {},
): PubSub {
  const local = memoryPubSub(bound === undefined ? {} : { bound });
  const channel = `${prefix}conversations`;
  const own = randomUUID();
  const subscriber = redis.subscriber();
  // The client subscribes again after each reconnection.
  const subscribed = subscriber.subscribe(channel).catch(() => undefined);
  subscriber.on('message', (_channel, message) => {
    const { from, event } = parsed(message);
    if (event && from !== own) local.publish(event);
  });

  return {
    publish(event) {
      local.publish(event);
      redis.commands.publish(channel, JSON.stringify({ from: own, event })).catch(() => undefined);
    },
    async subscribe(subject, signal) {
      await doneWithin(PATIENCE, subscribed);
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
