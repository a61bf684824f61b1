/** What a plugin gets of Parley when it runs as a service: no cache to share, no jobs, and the database only where it reads documents. */
import { join } from 'node:path';
import type { Settings } from '#config/load.ts';
import { type PassageFeed, passageFeed } from '#core/documents/passage-feed.ts';
import type { PluginHostOptions } from '#core/hooks/install.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { Store } from '#core/ports/store.ts';
import type { Lifecycle } from '#core/runtime/lifecycle.ts';
import { NO_USAGE } from '#core/turn.ts';
import { memoryJobs } from '../../src/adapters/memory/jobs.ts';
import { memorySharedCache } from '../../src/adapters/memory/shared-cache.ts';
import { languageModels } from '../../src/adapters/models/index.ts';
import { openStore } from '../../src/adapters/postgres/index.ts';
import { claimReplicaId } from '../../src/adapters/replica.ts';
import { privateDirectory } from '../../src/app/data-directory.ts';
import { startLog } from '../../src/app/log.ts';
import { modelOptions, storeOptions } from '../../src/app/options.ts';
import { embeddingsOf } from '../../src/app/retrieval-parts.ts';
import type { ServiceDefinition } from './definition.ts';

export interface Parts extends Omit<PluginHostOptions, 'plugins' | 'settings' | 'models'> {
  readonly models: LanguageModels;
  /** This process among those that share DATA_DIR: each has a folder of its own. */
  readonly process: string;
  /** Null where the plugin reads no documents. */
  readonly store: Store | null;
}

export async function openParts(
  { name, readsDocuments }: ServiceDefinition,
  settings: Settings,
  lifecycle: Lifecycle,
): Promise<Parts> {
  await startLog(settings, lifecycle);
  const dataDirectory = privateDirectory(join(settings.DATA_DIR, 'services', name));
  const replica = claimReplicaId(dataDirectory);
  await lifecycle.start({ name: 'replica', stop: () => replica.release() });
  const store = readsDocuments ? await openStore(storeOptions(settings, dataDirectory)) : null;
  await lifecycle.start({ name: 'store', stop: () => store?.close() });
  const { encoder, builtIn, ...embeddings } = embeddingsOf(settings, store);
  await lifecycle.start({ name: 'encoder', stop: () => encoder.stop() });
  const feed = store ? passageFeed(store) : NO_DOCUMENTS;
  await lifecycle.start({ name: 'passages', start: () => feed.start(), stop: () => feed.stop() });
  return {
    ...{ store, feed, dataDirectory, process: replica.id, ...embeddings },
    models: languageModels(modelOptions(settings, builtIn)),
    cache: memorySharedCache({ maxBytes: settings.CACHE_MEMORY_BYTES }),
    jobs: memoryJobs(),
    usage: async () => NO_USAGE,
    tenantUsage: async () => NO_USAGE,
    deadlineFactor: settings.DEADLINE_FACTOR,
  };
}

const NO_DOCUMENTS: PassageFeed = {
  house: {
    changesAfter: async () => [],
    latestChange: async () => 0,
    origin: async () => 'none',
    exclusively: async () => false,
    passages: async () => new Map(),
    beginnings: async () => [],
    shared: false,
    version: () => '',
    changedAt: () => 0,
    onChange: () => () => undefined,
  },
  changed: () => undefined,
  start: async () => undefined,
  stop: () => undefined,
};
