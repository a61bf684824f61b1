import { AppError } from '#core/errors.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { modelError } from './failures.ts';
import { type ProviderOptions, providers } from './providers.ts';

export interface EmbeddingModelOptions extends ProviderOptions {
  /** `provider:model` */
  readonly name: string;
  readonly dimensions: number;
  /** Texts a call. */
  readonly batchSize: number;
}

/** Embeddings over one of the AI SDK's providers, normalised to length 1. */
export function embeddingModel({ name, dimensions, batchSize, ...options }: EmbeddingModelOptions): EmbeddingModel {
  const separator = name.indexOf(':');
  const provider = providers(options)[name.slice(0, separator)];
  if (!provider) throw new Error(`no provider for the embedding model ${name}`);
  return {
    name,
    dimensions,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += batchSize) {
        const values = texts.slice(start, start + batchSize);
        const model = await provider.embeddingModel(name.slice(separator + 1));
        const result = await Promise.resolve(model.doEmbed({ values, abortSignal: signal })).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : modelError(name, error, false);
        });
        vectors.push(...result.embeddings.map((vector) => unit(name, vector, dimensions)));
      }
      if (vectors.length !== texts.length)
        throw new AppError('MODEL_FAILED', `${name} answered another number of vectors than was asked`);
      return vectors;
    },
  };
}

function unit(name: string, values: readonly number[], dimensions: number): Float32Array {
  const vector = Float32Array.from(values);
  const length = Math.hypot(...vector);
  if (vector.length !== dimensions || !(length > 0) || !Number.isFinite(length))
    throw new AppError('MODEL_FAILED', `${name} answered no vector of ${dimensions} dimensions`);
  return vector.map((value) => value / length);
}
