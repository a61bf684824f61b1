/**
 * `npm run cache:clear`: takes all cached answers out. Asks a running Parley (PARLEY_URL, PARLEY_KEY of an operator), which clears its
 * memory, and Redis for all replicas; without Redis each replica has a memory of its own, and is asked by itself. With --redis no
 * server is asked: the answers in the Redis of REDIS_URL go, and nothing else. `-- --key KEY` takes out one entry.
 */
import { parseArgs } from 'node:util';
import { loadSettings } from '#config/load.ts';
import { connectRedis } from '../src/adapters/redis/connection.ts';
import { redisSharedCache } from '../src/adapters/redis/shared-cache.ts';

/** The plugins whose values are answers, or lead to them. */
const PLUGINS = ['cache', 'semantic-cache'];
const CLEAR = 'mutation($key: String) { clearCache(key: $key, scope: RESPONSES) { removed } }';
/** Milliseconds in which Redis must be there. */
const CONNECT_WITHIN = 5_000;

const { values } = parseArgs({ options: { redis: { type: 'boolean', default: false }, key: { type: 'string' } } });
try {
  console.log(`${values.redis ? await clearRedis(values.key) : await clearServer(values.key)} entries taken out`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function clearServer(key: string | undefined): Promise<number> {
  const url = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:4000';
  const secret = process.env['PARLEY_KEY'];
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(secret ? { authorization: `Bearer ${secret}` } : {}) },
    body: JSON.stringify({ query: CLEAR, variables: { key: key ?? null } }),
  }).catch(() => {
    throw new Error(`no Parley answers at ${url}: set PARLEY_URL, or clear the Redis of REDIS_URL with -- --redis`);
  });
  const { data, errors } = (await response.json()) as {
    readonly data?: { readonly clearCache?: { readonly removed: number } | null } | null;
    readonly errors?: readonly { readonly message: string }[];
  };
  if (!data?.clearCache) throw new Error(errors?.[0]?.message ?? `${url} answered ${response.status}`);
  return data.clearCache.removed;
}

async function clearRedis(key: string | undefined): Promise<number> {
  const { REDIS_URL } = loadSettings();
  if (REDIS_URL === undefined) throw new Error('REDIS_URL is not set: there is no Redis to clear');
  const redis = connectRedis(REDIS_URL);
  try {
    const until = Date.now() + CONNECT_WITHIN;
    while (redis.commands.status !== 'ready') {
      if (Date.now() > until) throw new Error('Redis does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const cache = redisSharedCache(redis);
    let removed = 0;
    for (const plugin of PLUGINS)
      removed += key === undefined ? await cache.clear(plugin) : Number(await cache.delete(`${plugin}:${key}`));
    return removed;
  } finally {
    await redis.stop();
  }
}
