import { join } from 'node:path';
import type { Settings } from '#config/load.ts';
import { passageFeed } from '#core/documents/passage-feed.ts';
import { openStore } from '../adapters/postgres/index.ts';
import { rebuildIndexes } from '../plugins/retrieval/rebuild.ts';
import { embeddingsOf, retrievalOptions } from './retrieval-parts.ts';

/** Rebuilds every index from the store of the settings. Returns the number of its last change. */
export async function rebuildFrom(
  settings: Settings,
  dataDirectory: string,
  onProgress: (what: string, share: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const { POSTGRES_URL: postgresUrl, DATABASE_POOL_SIZE: poolSize } = settings;
  const store = await openStore({ ...(postgresUrl === undefined ? {} : { postgresUrl }), poolSize, dataDirectory });
  const { encoder, builtIn: _builtIn, ...embeddings } = embeddingsOf(settings, store);
  try {
    const feed = passageFeed(store);
    const house = {
      dataDirectory: join(dataDirectory, 'plugins', 'retrieval'),
      passages: feed.house,
      ...embeddings,
      warn: (message: string, error?: unknown) => console.error(message, error instanceof Error ? error.message : ''),
    };
    await rebuildIndexes(await retrievalOptions(settings), house, onProgress, signal);
    return await store.documents.latestChange();
  } finally {
    await encoder.stop();
    await store.close();
  }
}
