import { builtInEncoder } from '../../../src/adapters/encoder/index.ts';

const BATCH = 64;

/** The lines with the sentence vectors of their prompts, by the built-in encoder. */
export async function withVectors<T extends { readonly prompt: string }>(
  lines: readonly T[],
): Promise<(T & { readonly vector: Float32Array })[]> {
  const encoder = builtInEncoder();
  const examples: (T & { readonly vector: Float32Array })[] = [];
  for (let start = 0; start < lines.length; start += BATCH) {
    const batch = lines.slice(start, start + BATCH);
    const vectors = await encoder.embed(
      batch.map(({ prompt }) => prompt),
      new AbortController().signal,
      'query',
    );
    for (const [index, vector] of vectors.entries()) examples.push({ ...(batch[index] as T), vector });
  }
  await encoder.stop();
  return examples;
}
