import { rm } from 'node:fs/promises';
import { legsOf, type Progress } from './legs.ts';
import type { RetrievalContext, RetrievalOptions } from './options.ts';

/** Drops every index, here and in the engines, and rebuilds them from the store. Searches elsewhere find less until it is done. */
export async function rebuildIndexes(
  options: RetrievalOptions,
  house: RetrievalContext,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await rm(house.dataDirectory, { recursive: true, force: true });
  const { index, keywords, vectors } = await legsOf(options, house, onProgress);
  try {
    await Promise.all([keywords?.clear(signal), vectors?.clear(signal)]);
    await Promise.all([keywords?.start(), vectors?.start()]);
    await Promise.all([index.catchUp(), keywords?.complete(signal), vectors?.complete(signal)]);
  } finally {
    await Promise.all([keywords?.stop(), vectors?.stop()]);
    await index.stop();
  }
}
