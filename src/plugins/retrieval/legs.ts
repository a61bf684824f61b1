import { createHash } from 'node:crypto';
import { IndexClient } from './built-in/index-client.ts';
import { embedderOf, modelEmbedder } from './embedding/embedder.ts';
import { builtInVectorEngine } from './engines/built-in.ts';
import { KeywordLeg } from './following/keyword-leg.ts';
import { VectorLeg } from './following/vector-leg.ts';
import type { RetrievalContext, RetrievalOptions } from './options.ts';

export interface Legs {
  readonly index: IndexClient;
  /** Null: in the built-in index. */
  readonly keywords: KeywordLeg | null;
  /** Null: switched off. */
  readonly vectors: VectorLeg | null;
}
/** Called with what is being built and the part of it that is done, 0..1. */
export type Progress = (what: string, share: number) => void;

/** Changes that an engine takes up at a time. Each step ends with its being made durable and searchable, which costs more than most writes. */
const STEP = 256;

/** The built-in index with what it is to hold, and the legs that are elsewhere. */
export async function legsOf(options: RetrievalOptions, house: RetrievalContext, onProgress?: Progress): Promise<Legs> {
  const { batchSize = 32, followEvery = 1_000 } = options;
  const elsewhere = options.keywordEngine || options.vectorEngine;
  const name = elsewhere ? nameOf(await house.passages.origin()) : '';
  const keywordEngine = options.keywordEngine?.(name);
  const vectorEngine = options.vectorEngine?.(name);
  const { embeddings } = house;
  const told = (what: string) => (onProgress ? { onProgress: (share: number) => onProgress(what, share) } : {});
  const index = new IndexClient({
    feed: house.passages,
    warn: house.warn,
    directory: house.dataDirectory,
    keepsPassages: keywordEngine === undefined,
    ...told('built-in index'),
  });
  const shared = { house, batchSize: Math.max(batchSize, STEP), followEvery };
  const keywords = keywordEngine
    ? new KeywordLeg({ ...shared, ...told(`keywords by ${keywordEngine.name}`), engine: keywordEngine, client: index })
    : null;
  const vectors = embeddings
    ? new VectorLeg({
        ...shared,
        ...told('vectors'),
        engine: vectorEngine ?? builtInVectorEngine(index),
        embedder: modelEmbedder(embeddings),
        embedderOf: (format) => embedderOf(format, index, (name) => house.embeddingsNamed(name)),
      })
    : null;
  return { index, keywords, vectors };
}

/** Eight letters and digits that every engine takes within a name. */
const nameOf = (origin: string): string => createHash('sha256').update(origin).digest('hex').slice(0, 8);
