import type { KeywordEngine, VectorEngine } from './engine.ts';

export interface SearchEngineSettings {
  readonly ELASTICSEARCH_URL?: string | undefined;
  readonly WEAVIATE_URL?: string | undefined;
  readonly CHROMA_URL?: string | undefined;
  readonly PGVECTOR_URL?: string | undefined;
  readonly BATCH_SIZE: number;
}

/** Makes engines; `name` is that of the database whose passages they keep, so that several may share a server. */
export interface SearchEngines {
  readonly keywordEngine?: ((name: string) => KeywordEngine) | undefined;
  readonly vectorEngine?: ((name: string) => VectorEngine) | undefined;
}

/** The engines that the settings name, each with its client loaded only then; absent: the built-in index. */
export async function searchEngines(settings: SearchEngineSettings): Promise<SearchEngines> {
  return { keywordEngine: await keywordEngineOf(settings), vectorEngine: await vectorEngineOf(settings) };
}

async function keywordEngineOf({ ELASTICSEARCH_URL: url, BATCH_SIZE: batchSize }: SearchEngineSettings) {
  if (!url) return undefined;
  const { elasticsearchEngine } = await import('./elasticsearch.ts');
  return (name: string) => elasticsearchEngine({ url, batchSize, prefix: `parley-${name}` });
}

async function vectorEngineOf(settings: SearchEngineSettings): Promise<SearchEngines['vectorEngine']> {
  const { WEAVIATE_URL, CHROMA_URL, PGVECTOR_URL, BATCH_SIZE: batchSize } = settings;
  if (WEAVIATE_URL) {
    const { weaviateEngine } = await import('./weaviate.ts');
    return (name) => weaviateEngine({ url: WEAVIATE_URL, batchSize, prefix: `Parley${name}` });
  }
  if (CHROMA_URL) {
    const { chromaEngine } = await import('./chroma.ts');
    return (name) => chromaEngine({ url: CHROMA_URL, batchSize, prefix: `parley-${name}` });
  }
  if (PGVECTOR_URL) {
    const { pgvectorEngine } = await import('./pgvector.ts');
    return (name) => pgvectorEngine({ url: PGVECTOR_URL, batchSize, prefix: `parley_${name}` });
  }
  return undefined;
}
