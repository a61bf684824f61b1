/** Each port over the adapter that the settings name, opened in order and closed in reverse. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '#config/load.ts';
import type { ServiceCallerOptions } from '#core/hooks/service-caller.ts';
import type { DocumentParser } from '#core/ports/document-parser.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import type { Jobs } from '#core/ports/jobs.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { PubSub } from '#core/ports/pub-sub.ts';
import type { SharedCache } from '#core/ports/shared-cache.ts';
import type { Store } from '#core/ports/store.ts';
import type { Lifecycle } from '#core/runtime/lifecycle.ts';
import type { StoreMarks } from '#core/runtime/store-watch.ts';
import { memoryEventLog } from '../adapters/memory/event-log.ts';
import { memoryJobs } from '../adapters/memory/jobs.ts';
import { memoryPubSub } from '../adapters/memory/pub-sub.ts';
import { memorySharedCache } from '../adapters/memory/shared-cache.ts';
import { languageModels } from '../adapters/models/index.ts';
import { documentParser } from '../adapters/parsers/index.ts';
import { notifyEventLog } from '../adapters/postgres/event-log.ts';
import { openStore } from '../adapters/postgres/index.ts';
import { notifyJobs } from '../adapters/postgres/jobs.ts';
import { connectNotifications } from '../adapters/postgres/notifications.ts';
import { notifyPubSub } from '../adapters/postgres/pub-sub.ts';
import type { RedisConnection } from '../adapters/redis/connection.ts';
import { claimReplicaId } from '../adapters/replica.ts';
import { privateDirectory } from './data-directory.ts';
import { modelOptions, storeOptions } from './options.ts';
import type { Overrides } from './overrides.ts';
import { embeddingsOf } from './retrieval-parts.ts';
import { openServices } from './stand-ins.ts';

export interface Ports {
  readonly dataDirectory: string;
  /** This process among the replicas; the same over its restarts. */
  readonly replica: string;
  readonly store: Store;
  readonly log: EventLog;
  readonly pubSub: PubSub;
  readonly jobs: Jobs;
  /** Work that only this process can do, or that has its own leases. */
  readonly localJobs: Jobs;
  readonly cache: SharedCache;
  /** Reports the state of Redis. Null without it. */
  readonly redis: Pick<RedisConnection, 'check'> | null;
  /** By which servers know of each other's database. Null without Redis. */
  readonly marks: StoreMarks | null;
  readonly parser: DocumentParser;
  /** Finds and calls the services that stand in for plugins. Null without etcd. */
  readonly services: ServiceCallerOptions | null;
  /** The folder of files that requests upload, while they are read. */
  readonly uploadDirectory: string;
  readonly models: LanguageModels;
  readonly embeddings: Omit<ReturnType<typeof embeddingsOf>, 'encoder' | 'builtIn'>;
}

export async function openPorts(settings: Settings, overrides: Overrides, lifecycle: Lifecycle): Promise<Ports> {
  const dataDirectory = privateDirectory(settings.DATA_DIR);
  const replica = claimReplicaId(dataDirectory);
  await lifecycle.start({ name: 'replica', stop: () => replica.release() });
  const store = overrides.store ?? (await openStore(storeOptions(settings, dataDirectory), overrides.database));
  await lifecycle.start({ name: 'store', stop: () => store.close() });
  // Files of requests that an earlier run did not answer: what was acknowledged is in the store.
  const uploadDirectory = join(dataDirectory, 'uploads', replica.id);
  rmSync(uploadDirectory, { recursive: true, force: true });
  const parser = documentParser();
  await lifecycle.start({ name: 'parser', stop: () => parser.close() });
  const { encoder, builtIn, ...embeddings } = embeddingsOf(settings, store);
  await lifecycle.start({ name: 'encoder', stop: () => encoder.stop() });
  return {
    dataDirectory,
    replica: replica.id,
    store,
    ...(await sharedPorts(settings, replica.id, lifecycle)),
    parser,
    services: await openServices(settings, lifecycle),
    uploadDirectory,
    models: overrides.models ?? languageModels(modelOptions(settings, builtIn)),
    embeddings,
  };
}

/** The ports that replicas share: over Redis if there is one, over PostgreSQL if that is all there is, otherwise within this process. */
async function sharedPorts(
  { REDIS_URL, POSTGRES_URL, CACHE_MEMORY_BYTES: maxBytes, DEADLINE_FACTOR: deadlineFactor }: Settings,
  replica: string,
  lifecycle: Lifecycle,
): Promise<Pick<Ports, 'log' | 'pubSub' | 'cache' | 'jobs' | 'localJobs' | 'redis' | 'marks'>> {
  const localJobs = memoryJobs();
  if (REDIS_URL === undefined && POSTGRES_URL !== undefined) {
    const notifications = connectNotifications(POSTGRES_URL);
    await lifecycle.start({
      name: 'notifications',
      start: () => notifications.connected,
      stop: () => notifications.stop(),
    });
    const cache = memorySharedCache({ maxBytes });
    const jobs = notifyJobs(notifications, localJobs);
    return {
      log: notifyEventLog(notifications),
      pubSub: notifyPubSub(notifications),
      cache,
      jobs,
      localJobs,
      ...{ redis: null, marks: null },
    };
  }
  if (REDIS_URL === undefined)
    return {
      log: memoryEventLog(),
      pubSub: memoryPubSub(),
      cache: memorySharedCache({ maxBytes }),
      ...{ jobs: localJobs, localJobs },
      ...{ redis: null, marks: null },
    };
  // Loaded where it is used: its client library takes a tenth of the time of a start.
  const { connectRedis, redisEventLog, redisJobs, redisPubSub, redisSharedCache, redisStoreMarks } = await import(
    '../adapters/redis/index.ts'
  );
  const redis = connectRedis(REDIS_URL, { deadlineFactor });
  await lifecycle.start({ name: 'redis', stop: () => redis.stop() });
  const jobs = redisJobs(redis, { local: localJobs });
  return {
    ...{ log: redisEventLog(redis), pubSub: redisPubSub(redis), cache: redisSharedCache(redis) },
    ...{ jobs, localJobs, redis, marks: redisStoreMarks(redis, replica) },
  };
}
