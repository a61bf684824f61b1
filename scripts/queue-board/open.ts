import type { Settings } from '#config/load.ts';
import { apiKeys } from '#core/services/api-keys.ts';
import { PLATFORM_TENANT } from '#core/viewer.ts';
import { openStore } from '../../src/adapters/postgres/index.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { storeOptions } from '../../src/app/options.ts';
import { startQueueBoard } from './page.ts';

/** Opens the queue board of the Redis and the PostgreSQL that the settings name. Throws an Error that tells what is missing. */
export async function openQueueBoard(settings: Settings): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { REDIS_URL, POSTGRES_URL, QUEUE_BOARD_PORT: port, QUEUE_BOARD_HOST: host } = settings;
  if (REDIS_URL === undefined) throw new Error('REDIS_URL: set it; without Redis there are no queues to show');
  if (POSTGRES_URL === undefined) throw new Error('POSTGRES_URL: set it; operators’ API keys are in the database');
  const store = await openStore({ ...storeOptions(settings, settings.DATA_DIR), poolSize: 1 });
  const redis = connectRedis(REDIS_URL);
  try {
    const keys = apiKeys(store);
    const isOperator = async (secret: string) => {
      const viewer = await keys.authenticate(secret);
      return viewer?.role === 'OPERATOR' && viewer.tenant === PLATFORM_TENANT;
    };
    const board = await startQueueBoard(redis, { host, port, isOperator });
    const stop = async () => {
      await board.stop();
      await redis.stop();
      await store.close();
    };
    return { url: board.url, stop };
  } catch (error) {
    await redis.stop();
    await store.close();
    throw error;
  }
}
