import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { IndexedPassage } from '#core/ports/store.ts';
import type { IndexClient } from '../built-in/index-client.ts';
import type { VectorEntry } from '../engines/engine.ts';
import { isEncodable } from './scripts.ts';
import { WORD_VECTORS, WORD_VECTORS_FLOOR } from './word-vectors/index.ts';

/** Makes the vectors of one format. */
export interface Embedder {
  /**
   * The weight of vectors against keywords. `uncovered`: by the share of the question that keywords do not match; `trust`: by the
   * configured weights, less if the model rarely agrees with the words.
   */
  readonly weighing: 'uncovered' | 'trust';
  /** Cosines below it count as no match. */
  readonly floor: number;
  /** True where it runs in this process: encoding takes this machine's processor. */
  readonly local: boolean;
  /** `NAME@DIMENSIONS`. May ask the model. */
  format(signal: AbortSignal): Promise<string>;
  /** Null where the question has no vector that says anything. */
  query(query: string, signal: AbortSignal): Promise<Float32Array | null>;
  passages(passages: readonly IndexedPassage[], signal: AbortSignal): Promise<readonly VectorEntry[]>;
}

const BUILT_IN = 'built-in:';
/**
 * One in twenty of the built-in encoder's cosines between a question and its passage is lower. To passages of other articles
 * the median is .04 (XQuAD in both languages, CMRC 2018).
 */
const BUILT_IN_FLOOR = 0.15;

export const modelEmbedder = (model: EmbeddingModel): Embedder =>
  model.name.startsWith(BUILT_IN) ? localEmbedder(model) : remoteEmbedder(model);

const formatOf = (model: EmbeddingModel) => async (signal: AbortSignal) =>
  `${model.name}@${await model.dimensions(signal)}`;

const remoteEmbedder = (model: EmbeddingModel): Embedder => ({
  weighing: 'trust',
  floor: -1,
  local: false,
  format: formatOf(model),
  query: (query, signal) => one(model, query, signal),
  async passages(passages, signal) {
    const vectors = await model.embed(passages.map(embeddedText), signal, 'passage');
    return vectors.map((vector) => [vector]);
  },
});

/** Scripts that the built-in encoder does not know get no vectors: keywords find those. */
const localEmbedder = (model: EmbeddingModel): Embedder => ({
  weighing: 'uncovered',
  floor: BUILT_IN_FLOOR,
  local: true,
  format: formatOf(model),
  query: async (query, signal) => (isEncodable(query) ? one(model, bounded(query), signal) : null),
  async passages(passages, signal) {
    const encodable = passages.filter(({ text }) => isEncodable(text));
    const vectors = await model.embed(encodable.map(embeddedText), signal, 'passage');
    const byId = new Map(encodable.map(({ id }, place) => [id, vectors[place] as Float32Array]));
    return passages.map(({ id }) => {
      const vector = byId.get(id);
      return vector ? [vector] : [];
    });
  },
});

async function one(model: EmbeddingModel, query: string, signal: AbortSignal): Promise<Float32Array> {
  const [vector] = await model.embed([query], signal, 'query');
  if (!vector) throw new Error(`${model.name} gave no vector`);
  return vector;
}

/** UTF-16 code units of a question that are encoded, so that long ones do not hold up the others: its beginning and its end. */
const MOST_CHARACTERS = 1_000;

function bounded(query: string): string {
  if (query.length <= MOST_CHARACTERS) return query;
  return `${query.slice(0, MOST_CHARACTERS / 2)}\n${query.slice(-MOST_CHARACTERS / 2)}`.toWellFormed();
}

/** The part of a passage that a model sees. */
const embeddedText = ({ documentTitle, heading, text }: IndexedPassage): string =>
  [documentTitle, heading, text].filter(Boolean).join('\n');

/** What the word vectors are made by: the index's thread. */
type Words = Pick<IndexClient, 'work'>;

const wordEmbedder = (client: Words): Embedder => ({
  weighing: 'uncovered',
  floor: WORD_VECTORS_FLOOR,
  local: true,
  format: async () => WORD_VECTORS,
  query: (query, signal) => client.work('wordQuery', { query }, signal),
  passages: (passages, signal) => client.work('wordPassages', { passages }, signal),
});

/** The embedder of a format that an index was made with; null where its model is no longer available. */
export function embedderOf(
  format: string,
  client: Words,
  modelNamed: (name: string) => EmbeddingModel | null,
): Embedder | null {
  if (format === WORD_VECTORS) return wordEmbedder(client);
  const model = modelNamed(format.slice(0, format.lastIndexOf('@')));
  return model && modelEmbedder(model);
}
