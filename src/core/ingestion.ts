import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WrongType } from './checks.ts';
import { warn } from './diagnostics.ts';
import type { PluginDriver } from './driver.ts';
import { AppError } from './errors.ts';
import type { PassageFeed } from './passage-feed.ts';
import type { DocumentParser } from './ports/document-parser.ts';
import type { PassageDraft, Store } from './ports/store.ts';
import type { StageTrace } from './turn.ts';

export interface IngestionOptions {
  readonly store: Store;
  readonly driver: PluginDriver;
  readonly feed: PassageFeed;
  readonly parser: DocumentParser;
  /** Where files lie while they are read. */
  readonly directory: string;
  /** Called when a document has moved on. */
  readonly onProgress: (id: string) => void;
}

/** The job that takes a document from QUEUED to INDEXED or FAILED. Idempotent: it may be cut short anywhere and run again. */
export function ingestion({ store, driver, feed, parser, directory, onProgress }: IngestionOptions) {
  const setStatus: Store['documents']['setStatus'] = async (id, status) => {
    const there = await store.documents.setStatus(id, status);
    onProgress(id);
    return there;
  };
  const fail = (id: string, error: string) => setStatus(id, { status: 'FAILED', progress: 0, error });

  return async (id: string, signal: AbortSignal): Promise<void> => {
    let found = await store.documents.text(id);
    if (!found || found.document.status === 'INDEXED') return;
    await setStatus(id, { status: 'PARSING', progress: 0.1 });
    try {
      if (await readUpload({ store, parser, directory }, id, signal)) found = await store.documents.text(id);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError) || error.code === 'STORE_UNAVAILABLE') throw error;
      await store.documents.dropUpload(id);
      await fail(id, error.message);
      return;
    }
    if (!found) return;
    if (found.text === '') {
      await fail(id, found.document.bytes === 0 ? 'The file is empty' : 'The file was not kept; upload it again');
      return;
    }
    const { document, text } = found;
    const stages: StageTrace[] = [];
    const run = {
      generationId: null,
      features: 'all' as const,
      signal,
      trace: (stage: StageTrace) => void stages.push(stage),
    };
    await setStatus(id, { status: 'PARSING', progress: 0.4 });

    const ingested = await driver.ingest(
      {
        document,
        text,
        async save(passages, kind) {
          checkDrafts(passages, text);
          await setStatus(id, { status: 'EMBEDDING', progress: 0.5, kind });
          await store.documents.replacePassages(
            id,
            passages.map((passage) => ({ ...passage, id: passageIdOf(id, passage) })),
          );
          feed.changed();
        },
        async progress(status, fraction) {
          await setStatus(id, { status, progress: Math.min(1, Math.max(0, fraction)) });
        },
      },
      run,
    );
    signal.throwIfAborted();
    const failure = ingested ? undefined : stages.find((stage) => stage.outcome !== 'OK');
    if (failure) {
      warn('ingest', `document ${id} could not be indexed by plugin ${failure.plugin}`, failure.detail);
      await fail(id, 'The document could not be indexed; try again, and look into the server’s log if it fails again');
    } else await setStatus(id, { status: 'INDEXED', progress: 1 });
  };
}

/** The text of a file that waits to be read takes its place in the store. False where there is none. */
async function readUpload(
  { store, parser, directory }: Pick<IngestionOptions, 'store' | 'parser' | 'directory'>,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  const upload = await store.documents.upload(id);
  if (!upload) return false;
  await mkdir(directory, { recursive: true });
  const path = join(directory, id);
  try {
    await writeFile(path, upload.parts(), { mode: 0o600, signal });
    const { text, mediaType, title } = await parser.parse(
      { path, name: upload.name, mediaType: upload.mediaType },
      signal,
    );
    const own = upload.titled || title === null ? null : title.trim().slice(0, LONGEST_TITLE);
    await store.documents.setText(id, { text, mediaType, title: own || null });
    return true;
  } finally {
    await rm(path, { force: true });
  }
}

const LONGEST_TITLE = 200;

/** The same passage of the same document has the same id each time it is indexed (RFC 9562, version 8): what cites it stays right. */
function passageIdOf(documentId: string, { start, end, text }: PassageDraft): string {
  const hex = createHash('sha256').update(`${documentId} ${start} ${end} ${text}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A plugin's passages must be what their offsets cut out, or every citation after them would lie. */
function checkDrafts(passages: readonly PassageDraft[], text: string): void {
  for (const { start, end, text: cut } of passages)
    if (!(start >= 0 && start < end && end <= text.length && text.slice(start, end) === cut))
      throw new WrongType(`returned the wrong type: a passage that is not what [${start}, ${end}) cuts out`);
}
