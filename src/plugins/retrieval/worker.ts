/** The index in a thread of its own, so that no search holds the loop that serves streams. */
import { parentPort } from 'node:worker_threads';
import type { PassageChange } from '#core/ports/store.ts';
import { type KeywordQuery, PassageIndex } from './passage-index.ts';

export type IndexRequest =
  | { readonly id: number; readonly type: 'apply'; readonly changes: readonly PassageChange[] }
  | { readonly id: number; readonly type: 'search'; readonly query: KeywordQuery };

const index = new PassageIndex();

parentPort?.on('message', (request: IndexRequest) => {
  try {
    if (request.type === 'apply') index.apply(request.changes);
    const result =
      request.type === 'search' ? index.search(request.query) : { sequence: index.sequence, size: index.size };
    parentPort?.postMessage({ id: request.id, result });
  } catch (error) {
    parentPort?.postMessage({ id: request.id, error: error instanceof Error ? error.message : String(error) });
  }
});
