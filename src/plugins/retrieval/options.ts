import type { PluginContext } from '#core/plugin.ts';
import type { SearchEngines } from './engines/index.ts';

export interface RetrievalOptions extends SearchEngines {
  /** Passages a bulk write. */
  readonly batchSize?: number;
  /** The weights of a neural model's vectors and of keywords, 0..1 each. */
  readonly vectorWeight?: number;
  readonly keywordWeight?: number;
  /** Milliseconds between looks at what other replicas changed. */
  readonly followEvery?: number;
  /** Milliseconds that the start waits for the index; a larger one is built on while the server answers already. */
  readonly buildWithin?: number;
  /** True: each search first takes in what other processes changed, for one that must find what they call indexed. */
  readonly catchUpFirst?: boolean;
  /** Milliseconds that an ingestion waits for slow engines. They catch up in the background. */
  readonly indexWithin?: number;
}

/** The part of Parley that retrieval uses. */
export type RetrievalContext = Pick<
  PluginContext,
  'dataDirectory' | 'passages' | 'embeddings' | 'embeddingsNamed' | 'warn'
>;
