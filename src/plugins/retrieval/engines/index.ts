import type { KeywordEngine, VectorEngine } from './engine.ts';

export interface SearchEngineSettings {
  readonly ELASTICSEARCH_URL?: string | undefined;
  readonly WEAVIATE_URL?: string | undefined;
  readonly CHROMA_URL?: string | undefined;
  readonly PGVECTOR_URL?: string | undefined;
  readonly BATCH_SIZE: number;
}

/** The engines that the settings name, each with its client loaded only then; absent: the built-in index. */
export async function searchEngines(
  settings: SearchEngineSettings,
): Promise<{ readonly keywordEngine?: KeywordEngine; readonly vectorEngine?: VectorEngine }> {
  const { ELASTICSEARCH_URL: url, BATCH_SIZE: batchSize } = settings;
  const vectorEngine = await vectorEngineOf(settings);
  const keywordEngine = url && (await import('./elasticsearch.ts')).elasticsearchEngine({ url, batchSize });
  return { ...(keywordEngine ? { keywordEngine } : {}), ...(vectorEngine ? { vectorEngine } : {}) };
}

async function vectorEngineOf(settings: SearchEngineSettings): Promise<VectorEngine | undefined> {
  const { WEAVIATE_URL, CHROMA_URL, PGVECTOR_URL, BATCH_SIZE: batchSize } = settings;
  if (WEAVIATE_URL) return (await import('./weaviate.ts')).weaviateEngine({ url: WEAVIATE_URL, batchSize });
  if (CHROMA_URL) return (await import('./chroma.ts')).chromaEngine({ url: CHROMA_URL, batchSize });
  if (PGVECTOR_URL) return (await import('./pgvector.ts')).pgvectorEngine({ url: PGVECTOR_URL, batchSize });
  return undefined;
}
