import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { IndexedPassage } from '#core/ports/store.ts';
import type { IndexClient } from '../built-in/index-client.ts';
import type { VectorEntry } from '../engines/engine.ts';
import { ENGLISH_DIMENSIONS, ENGLISH_FLOOR, ENGLISH_VERSION } from './english.ts';

/** Makes the vectors of one format. */
export interface Embedder {
  /** True for a neural model; false for the word vectors that come along. */
  readonly neural: boolean;
  /** Cosines under it say nothing. */
  readonly floor: number;
  /** `NAME@DIMENSIONS`. May ask the model. */
  format(signal: AbortSignal): Promise<string>;
  /** Null where the query has none. */
  query(query: string, signal: AbortSignal): Promise<Float32Array | null>;
  passages(passages: readonly IndexedPassage[], signal: AbortSignal): Promise<readonly VectorEntry[]>;
}

const ENGLISH_NAME = `english-${ENGLISH_VERSION}`;

export const englishEmbedder = (client: IndexClient): Embedder => ({
  neural: false,
  floor: ENGLISH_FLOOR,
  format: async () => `${ENGLISH_NAME}@${ENGLISH_DIMENSIONS}`,
  query: (query, signal) => client.work('embedQuery', { query }, signal),
  passages: (passages, signal) => client.work('embedPassages', { passages }, signal),
});

export const modelEmbedder = (model: EmbeddingModel): Embedder => ({
  neural: true,
  floor: -1,
  format: async (signal) => `${model.name}@${await model.dimensions(signal)}`,
  async query(query, signal) {
    const [vector] = await model.embed([query], signal, 'query');
    return vector ?? null;
  },
  async passages(passages, signal) {
    const vectors = await model.embed(passages.map(embeddedText), signal, 'passage');
    return vectors.map((vector) => [vector]);
  },
});

/** What of a passage a model gets to see. */
const embeddedText = ({ documentTitle, heading, text }: IndexedPassage): string =>
  [documentTitle, heading, text].filter(Boolean).join('\n');

/** The embedder of a format that an index was made with; null where it is not to be had any more. */
export function embedderOf(
  format: string,
  client: IndexClient,
  modelNamed: (name: string) => EmbeddingModel | null,
): Embedder | null {
  const name = format.slice(0, format.lastIndexOf('@'));
  if (name === ENGLISH_NAME) return englishEmbedder(client);
  const model = modelNamed(name);
  return model && modelEmbedder(model);
}
