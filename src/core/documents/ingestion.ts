import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { WrongType } from '../hooks/checks.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { DocumentParser } from '../ports/document-parser.ts';
import type { DocumentRecord, PassageDraft, Store } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import { storable } from '../text/characters.ts';
import type { StageTrace } from '../turn.ts';
import { DocumentLost, type IngestionClaims } from './claims.ts';
import type { PassageFeed } from './passage-feed.ts';

export interface DocumentText {
  readonly document: DocumentRecord;
  readonly text: string;
}

export interface IngestionOptions {
  readonly store: Store;
  readonly driver: PluginDriver;
  readonly feed: PassageFeed;
  readonly parser: DocumentParser;
  /** The folder of files that are being read. */
  readonly directory: string;
  readonly claims: Pick<IngestionClaims, 'owner' | 'holding'>;
  /** A document whose text is still at hand since it was added: it need not be read from the store. */
  readonly added?: (id: string) => DocumentText | undefined;
  /** Called when a document has moved on. */
  readonly onProgress: (id: string) => void;
}

/**
 * The job that takes a document from QUEUED to INDEXED or FAILED, where no other replica does. Idempotent: it may be cut short anywhere
 * and run again. Rejects where it could not come to an end now, and should be tried again.
 */
export function ingestion(options: IngestionOptions) {
  const { store, driver, feed, parser, directory, claims, onProgress, added = () => undefined } = options;
  return (id: string, stopped: AbortSignal): Promise<void> =>
    claims.holding(id, async (lost) => {
      const signal = AbortSignal.any([stopped, lost.signal]);
      const stillHeld: StillHeld = (there) => {
        if (!there) lost.abort(new DocumentLost());
        return there;
      };
      const setStatus: SetStatus = async (status) => {
        const there = await store.documents.setStatus(id, claims.owner, status);
        onProgress(id);
        return stillHeld(there);
      };
      try {
        await ingest(id, signal, setStatus, stillHeld);
      } catch (error) {
        if (signal.aborted) return;
        if (passes(error)) {
          warn('ingest', `document ${id} is tried again`, error);
          throw error;
        }
        const known = error instanceof AppError;
        if (!known) warn('ingest', `document ${id} could not be indexed`, error);
        const failed = await setStatus({ status: 'FAILED', progress: 0, error: known ? error.message : UNEXPECTED });
        if (failed && known) await store.documents.dropUpload(id);
      }
    });

  async function ingest(id: string, signal: AbortSignal, setStatus: SetStatus, stillHeld: StillHeld) {
    onProgress(id);
    const read = await readUpload({ store, parser, directory, claims }, id, signal);
    if (read === 'gone') return;
    const found = read ?? added(id) ?? (await store.documents.text(id));
    signal.throwIfAborted();
    if (!found) return;
    const { document, text } = found;
    if (text === '')
      throw new AppError(
        'BAD_USER_INPUT',
        document.bytes === 0 ? 'The file is empty' : 'The file was not kept; upload it again',
      );
    await setStatus({ status: 'PARSING', progress: 0.4 });
    const stages: StageTrace[] = [];
    let unavailable: unknown;
    /** Wraps errors of the plugin. Errors of the store pass unchanged. */
    const noting = async (work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        if (passes(error)) unavailable = error;
        throw error;
      }
    };
    const ingested = await driver.ingest(
      {
        document,
        text,
        async save(passages, kind) {
          checkDrafts(passages, text);
          await noting(async () => {
            await setStatus({ status: 'EMBEDDING', progress: 0.5, kind });
            signal.throwIfAborted();
            const named = passages.map((passage) => ({ ...passage, id: passageIdOf(id, passage) }));
            stillHeld(await store.documents.replacePassages(id, claims.owner, named));
            signal.throwIfAborted();
          });
          feed.changed();
        },
        progress: (status, fraction) =>
          noting(() => setStatus({ status, progress: Math.min(1, Math.max(0, fraction)) })),
      },
      { generationId: null, features: 'all', signal, trace: (stage) => void stages.push(stage) },
    );
    signal.throwIfAborted();
    if (unavailable) throw unavailable;
    const failure = ingested ? undefined : stages.find((stage) => stage.outcome !== 'OK');
    if (failure?.outcome === 'SKIPPED') throw new TryLater(`plugin ${failure.plugin} rests after failures`);
    if (failure) throw new Error(`plugin ${failure.plugin}: ${failure.detail}`);
    await setStatus({ status: 'INDEXED', progress: 1 });
  }
}

type SetStatus = (status: Parameters<Store['documents']['setStatus']>[2]) => Promise<boolean>;
/** Takes a write's result. If the document is gone, the job ends. */
type StillHeld = (there: boolean) => boolean;

const UNEXPECTED = 'The document could not be indexed; try again, and look into the server’s log if it fails again';

class TryLater extends Error {
  override readonly name = 'TryLater';
}

/** Tells transient failures: the store does not answer, the disk is full, a circuit is open. They do not fail the document. */
const passes = (error: unknown): boolean =>
  error instanceof TryLater ||
  (error instanceof AppError && error.code === 'STORE_UNAVAILABLE') ||
  typeof (error as NodeJS.ErrnoException | null)?.errno === 'number';

/** The text of a file that waits to be read takes its place in the store. Undefined where no file waits. */
async function readUpload(
  { store, parser, directory, claims }: Pick<IngestionOptions, 'store' | 'parser' | 'directory' | 'claims'>,
  id: string,
  signal: AbortSignal,
): Promise<DocumentText | 'gone' | undefined> {
  const upload = await store.documents.upload(id);
  if (!upload) return undefined;
  await mkdir(directory, { recursive: true });
  const path = join(directory, id);
  try {
    await writeFile(path, upload.parts(), { mode: 0o600, signal });
    const parsed = await parser.parse({ path, name: upload.name, mediaType: upload.mediaType }, signal);
    const { mediaType, title, pages = null } = parsed;
    const own = upload.titled || title === null ? null : title.trim().slice(0, LONGEST_TITLE);
    // The text as the store keeps it, so that offsets cut passages out of the stored text.
    const text = storable(parsed.text);
    const document = await store.documents.setText(id, claims.owner, { text, mediaType, title: own || null, pages });
    return document ? { document, text } : 'gone';
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
