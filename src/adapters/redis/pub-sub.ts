import type { PubSub } from '#core/ports/pub-sub.ts';
import { sharedPubSub } from '../shared-pub-sub.ts';
import type { RedisConnection } from './connection.ts';

/**
 * Events to the readers of all replicas, over one channel of Redis. While Redis is away the others' readers miss events, and read
 * the store when they look again.
 */
export function redisPubSub(
  redis: RedisConnection,
  { bound, prefix = 'parley:' }: { readonly bound?: number; readonly prefix?: string } = {},
): PubSub {
  const channel = `${prefix}conversations`;
  return sharedPubSub(
    {
      publish: (text) => redis.commands.publish(channel, text),
      async listen(listener) {
        const subscriber = redis.subscriber();
        subscriber.on('message', (_channel, message) => listener(message));
        await subscriber.subscribe(channel); // the client subscribes again after each reconnection
      },
    },
    bound === undefined ? {} : { bound },
  );
}
