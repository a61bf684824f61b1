import type { SharedCache } from '#core/ports/shared-cache.ts';
import type { RedisConnection } from './connection.ts';

/** Sets the value with its time, and puts its key into the set of each tag, which lives as long as its longest entry. */
const SET = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for place = 2, #KEYS do
  redis.call('SADD', KEYS[place], KEYS[1])
  if redis.call('PTTL', KEYS[place]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[place], ARGV[2]) end
end`;

/** Returns the holder of the key: the given one if nobody held it. */
const CLAIM = `
local holder = redis.call('GET', KEYS[1])
if holder then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** Keys that one UNLINK takes. */
const AT_ONCE = 500;

/** A cache that all replicas share. Errors reach the caller, who takes them as a miss. */
export function redisSharedCache({ commands }: RedisConnection, prefix = 'parley:'): SharedCache {
  const keyOf = (key: string) => `${prefix}cache:${key}`;
  const tagOf = (tag: string) => `${prefix}tag:${tag}`;
  const claimOf = (key: string) => `${prefix}claim:${key}`;

  async function removeAll(pattern: string): Promise<number> {
    let removed = 0;
    let cursor = '0';
    do {
      const [next, keys] = await commands.scan(cursor, 'MATCH', pattern, 'COUNT', AT_ONCE);
      if (keys.length > 0) removed += await commands.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
    return removed;
  }

  return {
    remote: true,
    stats: () => ({ bytes: 0, evictions: 0 }),

    async get(key) {
      return (await commands.getBuffer(keyOf(key))) ?? undefined;
    },

    async set(key, value, { ttlMs, tags = [] }) {
      if (ttlMs <= 0) return;
      const keys = [keyOf(key), ...tags.map(tagOf)];
      await commands.eval(SET, keys.length, ...keys, Buffer.from(value), Math.ceil(ttlMs));
    },

    async delete(key) {
      return (await commands.unlink(keyOf(key))) > 0;
    },

    async clear(tag) {
      if (tag === undefined) {
        const removed = await removeAll(`${prefix}cache:*`);
        await removeAll(`${prefix}tag:*`);
        return removed;
      }
      let removed = 0;
      for (;;) {
        const keys = await commands.spop(tagOf(tag), AT_ONCE);
        if (keys.length === 0) return removed;
        removed += await commands.unlink(...keys);
      }
    },

    async claim(key, holder, ttlMs) {
      return String(await commands.eval(CLAIM, 1, claimOf(key), holder, Math.ceil(ttlMs)));
    },

    async release(key, holder) {
      await commands.eval(RELEASE, 1, claimOf(key), holder);
    },
  };
}
