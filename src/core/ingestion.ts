import { randomUUIDv7 } from 'node:crypto';
import { WrongType } from './checks.ts';
import { warn } from './diagnostics.ts';
import type { PluginDriver } from './driver.ts';
import type { PassageFeed } from './passage-feed.ts';
import type { PassageDraft, Store } from './ports/store.ts';
import type { StageTrace } from './turn.ts';

export interface IngestionOptions {
  readonly store: Store;
  readonly driver: PluginDriver;
  readonly feed: PassageFeed;
}

/** The job that takes a document from QUEUED to INDEXED or FAILED. Idempotent: it may be cut short anywhere and run again. */
export function ingestion({ store, driver, feed }: IngestionOptions) {
  return async (id: string, signal: AbortSignal): Promise<void> => {
    const found = await store.documents.text(id);
    if (!found || found.document.status === 'INDEXED') return;
    const { document, text } = found;
    const stages: StageTrace[] = [];
    const run = {
      generationId: null,
      features: 'all' as const,
      signal,
      trace: (stage: StageTrace) => void stages.push(stage),
    };
    await store.documents.setStatus(id, { status: 'PARSING', progress: 0 });

    const ingested = await driver.ingest(
      {
        document,
        text,
        async save(passages, kind) {
          checkDrafts(passages, text);
          await store.documents.setStatus(id, { status: 'EMBEDDING', progress: 0.5, kind });
          await store.documents.replacePassages(
            id,
            passages.map((passage) => ({ ...passage, id: randomUUIDv7() })),
          );
          feed.changed();
        },
        async progress(status, fraction) {
          await store.documents.setStatus(id, { status, progress: Math.min(1, Math.max(0, fraction)) });
        },
      },
      run,
    );
    signal.throwIfAborted();
    const failure = ingested ? undefined : stages.find((stage) => stage.outcome !== 'OK');
    if (failure) {
      warn('ingest', `document ${id} could not be indexed by plugin ${failure.plugin}`, failure.detail);
      await store.documents.setStatus(id, {
        status: 'FAILED',
        progress: 0,
        error: 'The document could not be indexed; try again, and look into the server’s log if it fails again',
      });
    } else await store.documents.setStatus(id, { status: 'INDEXED', progress: 1 });
  };
}

/** A plugin's passages must be what their offsets cut out, or every citation after them would lie. */
function checkDrafts(passages: readonly PassageDraft[], text: string): void {
  for (const { start, end, text: cut } of passages)
    if (!(start >= 0 && start < end && end <= text.length && text.slice(start, end) === cut))
      throw new WrongType(`returned the wrong type: a passage that is not what [${start}, ${end}) cuts out`);
}
