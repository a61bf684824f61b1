/** Maps settings to retrieval's parts: for the server, and for rebuilding the indexes. */
import type { Settings } from '#config/load.ts';
import { cachedEmbeddings } from '#core/documents/cached-embeddings.ts';
import type { PluginContext } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { Store } from '#core/ports/store.ts';
import { BUILT_IN_ENCODER, type BuiltInEncoder, builtInEncoder } from '../adapters/encoder/index.ts';
import { embeddingModel } from '../adapters/models/index.ts';
import { searchEngines } from '../plugins/retrieval/engines/index.ts';
import type { RetrievalOptions } from '../plugins/retrieval/options.ts';

interface EncoderPart {
  /** Its thread has to be stopped. */
  readonly encoder: BuiltInEncoder;
  /** The same behind its cache, also where another model is configured; null where vectors are switched off. */
  readonly builtIn: EmbeddingModel | null;
}

/** The embedding model that is configured, others by their names, and the built-in encoder. Without a store vectors are kept in memory alone. */
export function embeddingsOf(
  settings: Settings,
  store: Pick<Store, 'embeddings'> | null,
): Pick<PluginContext, 'embeddings' | 'embeddingsNamed'> & EncoderPart {
  const { BATCH_SIZE: batchSize, EMBEDDING_MODEL: name, OPENAI_API_KEY, OPENAI_BASE_URL } = settings;
  const providers = { openaiApiKey: OPENAI_API_KEY, openaiBaseUrl: OPENAI_BASE_URL };
  const encoder = builtInEncoder();
  // The encoder is as fast as the store would be.
  const builtIn = cachedEmbeddings({ model: encoder, store: null, batchSize });
  const embeddingsNamed = (named: string) => {
    if (named === BUILT_IN_ENCODER) return builtIn;
    if (!hasProvider(settings, named)) return null;
    const model = embeddingModel({ ...providers, name: named, batchSize });
    return cachedEmbeddings({ model, store: store?.embeddings ?? null, batchSize });
  };
  return { embeddings: embeddingsNamed(name), embeddingsNamed, encoder, builtIn: name === 'none' ? null : builtIn };
}

/** True if the model can be called: its provider is configured and has embeddings. `none` switches vectors off. */
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
