/** What the settings make of retrieval: for the server, and for building the indexes anew. */
import type { Settings } from '#config/load.ts';
import { cachedEmbeddings } from '#core/documents/cached-embeddings.ts';
import type { PluginContext } from '#core/plugin.ts';
import type { Store } from '#core/ports/store.ts';
import { embeddingModel } from '../adapters/models/index.ts';
import { searchEngines } from '../plugins/retrieval/engines/index.ts';
import type { RetrievalOptions } from '../plugins/retrieval/options.ts';

/** The embedding model that is configured, and others by their names. */
export function embeddingsOf(
  settings: Settings,
  store: Pick<Store, 'embeddings'>,
): Pick<PluginContext, 'embeddings' | 'embeddingsNamed'> {
  const { BATCH_SIZE: batchSize, EMBEDDING_MODEL: name, OPENAI_API_KEY, OPENAI_BASE_URL } = settings;
  const providers = { openaiApiKey: OPENAI_API_KEY, openaiBaseUrl: OPENAI_BASE_URL };
  const embeddingsNamed = (named: string) =>
    hasProvider(settings, named)
      ? cachedEmbeddings({
          model: embeddingModel({ ...providers, name: named, batchSize }),
          store: store.embeddings,
          batchSize,
        })
      : null;
  return { embeddings: name === undefined ? null : embeddingsNamed(name), embeddingsNamed };
}

/** Whether a model of this name can be asked: its provider is configured, and has embeddings. */
const hasProvider = ({ OPENAI_API_KEY, OPENAI_BASE_URL }: Settings, name: string): boolean =>
  (name.startsWith('openai-compatible:') && OPENAI_BASE_URL !== undefined) ||
  (name.startsWith('openai:') && OPENAI_API_KEY !== undefined);

export async function retrievalOptions(settings: Settings): Promise<RetrievalOptions> {
  return {
    batchSize: settings.BATCH_SIZE,
    vectorWeight: settings.HYBRID_VECTOR_WEIGHT,
    keywordWeight: settings.HYBRID_KEYWORD_WEIGHT,
    ...(await searchEngines(settings)),
  };
}
