import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { EmbeddingModel } from '../ports/embedding-model.ts';
import type { EmbeddingStore } from '../ports/store.ts';
import { Gate } from '../runtime/gate.ts';
import { retry } from '../runtime/retry.ts';

export interface EmbeddingsOptions {
  readonly model: EmbeddingModel;
  /** Null: vectors are kept in memory alone, as of a model that is as fast as the store. */
  readonly store: EmbeddingStore | null;
  /** Texts a call. */
  readonly batchSize: number;
  /** Vectors that are kept in memory, of questions and of passages each. */
  readonly memory?: number;
  /** Milliseconds before the first try again; twice as long before each further one. */
  readonly firstPause?: number;
}

/** UTF-16 code units of a text that a model gets to see: no passage is longer, and models take no more in one piece. */
const LONGEST_TEXT = 8_000;
/** Calls for passages at once. Queries are not counted: they go first. */
const CALLS = 2;
const TRIES = 5;
const LONGEST_PAUSE = 30_000;
const KEPT_DAYS = 90;
const DAY = 86_400_000;
/** The text whose embedding tells the model's dimensions. */
const SAMPLE = 'dimensions';

/**
 * Puts a cache and a queue before a model. It embeds equal texts once: it looks in the calls that run, in memory and in the store.
 * Passages go in batches, two at a time, and are retried while the model is busy; callers wait until their passages are taken.
 * A query is sent at once and is not retried.
 */
export function cachedEmbeddings(options: EmbeddingsOptions): EmbeddingModel {
  const { model, store, batchSize, memory = 1_000 } = options;
  /** Apart, so that a library on its way into an index does not push out the question that a turn's next stage asks for. */
  const recent = { query: new Map<string, Float32Array>(), passage: new Map<string, Float32Array>() };
  const underWay = new Map<string, Promise<Float32Array>>();
  const gate = new Gate(CALLS);
  const pauses = {
    firstMs: options.firstPause ?? 500,
    longestMs: LONGEST_PAUSE,
    tries: TRIES,
    isTransient,
    retryAfterMs: (error: unknown) => ((error as AppError).retryAfter ?? 0) * 1_000,
  };
  let dimensions: Promise<number> | undefined;
  let prunedAt = 0;

  const remember = (hash: string, vector: Float32Array, purpose: 'query' | 'passage'): void => {
    const kept = recent[purpose];
    kept.delete(hash);
    kept.set(hash, vector);
    const [oldest] = kept.keys();
    if (kept.size > memory && oldest !== undefined) kept.delete(oldest);
  };

  async function embed(
    texts: readonly string[],
    signal: AbortSignal,
    purpose: 'query' | 'passage' = 'passage',
  ): Promise<readonly Float32Array[]> {
    signal.throwIfAborted();
    const wanted = new Map(texts.map((text) => [hashOf(model.name, text), text.slice(0, LONGEST_TEXT).toWellFormed()]));
    const vectors = new Map<string, Float32Array>();
    const missing = [...wanted.keys()].filter((hash) => {
      const vector = recent.query.get(hash) ?? recent.passage.get(hash);
      if (vector) vectors.set(hash, vector);
      return vector === undefined;
    });
    for (const [hash, vector] of await stored(missing)) vectors.set(hash, vector);
    const asked = missing.filter((hash) => !vectors.has(hash));
    await Promise.all(
      batches(asked).map(async (hashes) => {
        for (const [hash, vector] of await batch(hashes, wanted, signal, purpose)) vectors.set(hash, vector);
      }),
    );
    for (const [hash, vector] of vectors) remember(hash, vector, purpose);
    return texts.map((text) => vectors.get(hashOf(model.name, text)) as Float32Array);
  }

  async function stored(hashes: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
    if (hashes.length === 0 || store === null) return new Map();
    if (Date.now() - prunedAt > DAY) {
      prunedAt = Date.now();
      store.prune(KEPT_DAYS).catch(() => undefined); // derived data: another day
    }
    return store.get(model.name, hashes.map(bytesOf));
  }

  const batches = (hashes: readonly string[]): string[][] =>
    Array.from({ length: Math.ceil(hashes.length / batchSize) }, (_, index) =>
      hashes.slice(index * batchSize, (index + 1) * batchSize),
    );

  /** Waits for texts that another caller has requested already; requests them again if that call fails or is aborted. */
  async function batch(
    hashes: readonly string[],
    texts: ReadonlyMap<string, string>,
    signal: AbortSignal,
    purpose: 'query' | 'passage',
  ): Promise<[string, Float32Array][]> {
    const others = hashes.flatMap((hash) => {
      const vector = underWay.get(hash);
      return vector ? [vector.then((found) => [hash, found] as [string, Float32Array])] : [];
    });
    const own = hashes.filter((hash) => !underWay.has(hash));
    const [made, found] = await Promise.all([
      own.length > 0 ? make(own, texts, signal, purpose) : [],
      Promise.allSettled(others),
    ]);
    const had = found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const known = new Set([...made, ...had].map(([hash]) => hash));
    const failed = hashes.filter((hash) => !known.has(hash));
    signal.throwIfAborted();
    return [...made, ...had, ...(failed.length > 0 ? await batch(failed, texts, signal, purpose) : [])];
  }

  async function make(
    own: readonly string[],
    texts: ReadonlyMap<string, string>,
    signal: AbortSignal,
    purpose: 'query' | 'passage',
  ): Promise<[string, Float32Array][]> {
    const answer = ask(
      own.map((hash) => texts.get(hash) ?? ''),
      signal,
      purpose,
    );
    for (const [place, hash] of own.entries()) {
      const one = answer.then((vectors) => vectors[place] as Float32Array);
      one.catch(() => undefined);
      underWay.set(hash, one);
    }
    try {
      const vectors = await answer;
      await store?.put(
        model.name,
        own.map((hash, place) => ({ hash: bytesOf(hash), vector: vectors[place] as Float32Array })),
      );
      return own.map((hash, place) => [hash, vectors[place] as Float32Array]);
    } finally {
      for (const hash of own) underWay.delete(hash);
    }
  }

  function ask(texts: readonly string[], signal: AbortSignal, purpose: 'query' | 'passage') {
    if (purpose === 'query') return model.embed(texts, signal, purpose);
    return gate.run(() => retry(() => model.embed(texts, signal, purpose), { ...pauses, signal }), signal);
  }

  /** The store may know the dimensions of a remote model. */
  const learnDimensions = async (signal: AbortSignal): Promise<number> => {
    if (store === null) return model.dimensions(signal);
    const [vector] = await embed([SAMPLE], signal, 'query');
    return (vector as Float32Array).length;
  };

  return {
    name: model.name,
    embed,
    dimensions(signal) {
      dimensions ??= learnDimensions(signal).catch((error) => {
        dimensions = undefined;
        throw error;
      });
      return dimensions;
    },
  };
}

/** The provider is busy, down or too slow. A refusal of what was asked, or of who asks, is not transient. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof AppError) || (error.code !== 'MODEL_UNAVAILABLE' && error.code !== 'TIMED_OUT')) return false;
  const { statusCode = 0 } = (error.cause ?? {}) as { readonly statusCode?: number };
  return statusCode < 400 || statusCode >= 500 || statusCode === 408 || statusCode === 429;
}

const hashOf = (model: string, text: string): string => createHash('sha256').update(`${model}\0${text}`).digest('hex');
const bytesOf = (hash: string): Uint8Array => Buffer.from(hash, 'hex');
