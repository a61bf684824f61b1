import type { EmbeddingModelV4 } from '@ai-sdk/provider';
import { AppError } from '#core/errors.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { modelError } from './failures.ts';
import { once, type ProviderOptions, providers } from './providers.ts';
import { Stall } from './stall.ts';

export interface EmbeddingModelOptions extends ProviderOptions {
  /** `provider:model`, of openai-compatible or openai. */
  readonly name: string;
  /** Texts a call, 1 or more. */
  readonly batchSize: number;
  /** Milliseconds that one call may take. */
  readonly timeoutMs?: number;
}

/** Embeddings over one of the AI SDK's providers, normalised to length 1. Throws where the provider has none. */
export function embeddingModel(options: EmbeddingModelOptions): EmbeddingModel {
  const { name, batchSize, timeoutMs = 20_000 } = options;
  const separator = name.indexOf(':');
  const modelOf = providers(options).get(name.slice(0, separator))?.embeddingModel;
  if (!modelOf) throw new Error(`no provider for the embedding model ${name}: openai-compatible and openai have some`);
  const load = once(() => modelOf(name.slice(separator + 1)));
  /** The dimensions of the first vector. All others must have the same. */
  let dimensions: number | undefined;
  async function embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += batchSize) {
      const batch = texts.slice(start, start + batchSize);
      const embeddings = await embedBatch(name, load, batch, signal, timeoutMs);
      // checked a batch, so that no vector is ever taken for another text's
      if (embeddings.length !== batch.length)
        throw new AppError('MODEL_FAILED', `${name} answered another number of vectors than was asked`);
      for (const values of embeddings) {
        const vector = unit(name, values, dimensions ?? values.length);
        dimensions ??= vector.length;
        vectors.push(vector);
      }
    }
    return vectors;
  }
  return {
    name,
    embed,
    async dimensions(signal) {
      if (dimensions === undefined) await embed(['dimensions'], signal);
      return dimensions ?? 0;
    },
  };
}

async function embedBatch(
  name: string,
  load: () => Promise<EmbeddingModelV4>,
  values: string[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<readonly number[][]> {
  const stall = new Stall(signal, timeoutMs);
  try {
    const model = await load();
    return (await model.doEmbed({ values, abortSignal: stall.signal })).embeddings;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw modelError(name, stall.signal.aborted ? stall.signal.reason : error, false);
  } finally {
    stall.stop();
  }
}

function unit(name: string, values: readonly number[], dimensions: number): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  if (values.length !== dimensions || !(length > 0) || !Number.isFinite(length))
    throw new AppError('MODEL_FAILED', `${name} answered no vector of ${dimensions} dimensions`);
  return Float32Array.from(values, (value) => value / length);
}
