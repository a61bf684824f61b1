import type { StoreMarks } from '#core/runtime/store-watch.ts';
import type { RedisConnection } from './connection.ts';

/** One key, which the server that wrote last names. While any other is well, it soon names another one. */
export function redisStoreMarks(
  { commands }: Pick<RedisConnection, 'commands'>,
  replica: string,
  prefix = 'parley:',
): StoreMarks {
  const key = `${prefix}database-answers`;
  return {
    async set(ttlMs) {
      await commands.set(key, replica, 'PX', Math.ceil(ttlMs));
    },
    async seen() {
      const last = await commands.get(key);
      return last !== null && last !== replica;
    },
  };
}
