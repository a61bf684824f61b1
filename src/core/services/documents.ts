import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { IngestionClaims } from '../documents/claims.ts';
import { type DocumentText, ingestion } from '../documents/ingestion.ts';
import type { PassageFeed } from '../documents/passage-feed.ts';
import { DocumentProgress } from '../documents/progress.ts';
import { AppError, notFound } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { DocumentParser } from '../ports/document-parser.ts';
import type { Jobs } from '../ports/jobs.ts';
import type { Store } from '../ports/store.ts';
import { doneWithin, signalWithin } from '../runtime/deadline.ts';
import { FairGate } from '../runtime/fair-gate.ts';
import { newId } from '../runtime/identifier.ts';
import type { Retrieval } from '../turn/retrieval.ts';
import type { Viewer } from '../viewer.ts';
import { requestIdentity } from './fingerprint.ts';
import type { Documents, Features } from './index.ts';
import { checkShare, checkText, checkTitle } from './input.ts';
import { hashOf, piecesOf, titleOf } from './uploads.ts';

export interface DocumentsOptions {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly driver: PluginDriver;
  readonly retrieval: Retrieval;
  readonly features: Features;
  readonly feed: PassageFeed;
  readonly maxDocumentCharacters: number;
  readonly parser: DocumentParser;
  /** The folder of files that are being read. */
  readonly directory: string;
  /** This replica; the same over its restarts. */
  readonly owner: string;
  /** How many times the usual milliseconds `add` and a search take. */
  readonly deadlineFactor?: number;
}

/** Milliseconds that `add` waits for the ingestion. */
const PATIENCE = 5_000;
/** The same of `upload`: a file is answered for before it is read. */
const PATIENCE_WITH_FILES = 100;
const LONGEST_TITLE = 200;
const LONGEST_NAME = 255;
const MAX_QUERY = 4_000;
/** Milliseconds that a search may take. */
const LONGEST_SEARCH = 10_000;
/** Searches of one viewer at once; the limit of their time begins when they have a place. */
const SEARCHES_OF_VIEWER = 8;
const READABLE = /^text\/(plain|markdown|x-markdown)$/;

/** `start` makes this process ingest waiting documents, and those whose ingestion stopped early on any replica. */
export function documents(options: DocumentsOptions): Documents & { start(): Promise<void>; stop(): void } {
  const { store, jobs, driver, retrieval, features, feed, parser, directory, owner, deadlineFactor = 1 } = options;
  const patience = PATIENCE * deadlineFactor;
  const progress = new DocumentProgress();
  const onProgress = (id: string) => progress.changed(id);
  const claims = new IngestionClaims({
    documents: store.documents,
    owner,
    onWaiting: (id) => void jobs.run('ingest', id).catch(() => undefined),
  });
  const searches = new FairGate({ places: Infinity, perOwner: SEARCHES_OF_VIEWER });
  let working = false;
  /** Ends with the ingestion, here or in another process that is the worker. */
  const ingested = async (viewer: Viewer, id: string): Promise<void> => {
    if (working || jobs.shared) await jobs.run('ingest', id, viewer.id);
    if (working && !jobs.shared) return;
    await ingestedElsewhere(store.documents, viewer, id, patience);
    feed.changed();
  };
  /** While `add` waits for them. */
  const added = new Map<string, DocumentText>();

  return {
    async add(viewer, input) {
      const mediaType = input.mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
      if (!READABLE.test(mediaType))
        throw new AppError(
          'UNSUPPORTED_MEDIA_TYPE',
          `${JSON.stringify(input.mediaType.slice(0, 100))} cannot be read; send text/plain or text/markdown`,
        );
      const text = checkText('text', input.text, options.maxDocumentCharacters, 'MAX_REQUEST_BYTES');
      const { created, document } = await store.documents.add(viewer, {
        id: newId(),
        title: checkTitle('title', input.title),
        text,
        mediaType,
        kind: input.kind,
        shared: input.shared,
        ...identityOf(input.clientMutationId, ['add', input.title, input.text, mediaType, input.kind, input.shared]),
      });
      if (created) added.set(document.id, { document, text });
      if (created || document.status === 'QUEUED') await settled(patience, ingested(viewer, document.id));
      added.delete(document.id);
      return (await store.documents.get(viewer, document.id)) ?? document;
    },

    async upload(viewer, { file, title, kind, shared, clientMutationId }) {
      const said = ['upload', file.name, file.mediaType, title, kind, shared, clientMutationId && (await hashOf(file))];
      const { created, document } = await store.documents.addUpload(
        viewer,
        {
          id: newId(),
          title: title === null ? titleOf(file).slice(0, LONGEST_TITLE) : checkTitle('title', title),
          titled: title !== null,
          name: file.name.slice(-LONGEST_NAME),
          mediaType: file.mediaType.slice(0, LONGEST_NAME),
          bytes: file.bytes,
          kind,
          shared,
          ...identityOf(clientMutationId, said),
        },
        piecesOf(file),
      );
      if (created || document.status === 'QUEUED') await settled(PATIENCE_WITH_FILES, ingested(viewer, document.id));
      return (await store.documents.get(viewer, document.id)) ?? document;
    },

    async reindex(viewer, id) {
      const document = await store.documents.get(viewer, id);
      if (!document || document.viewerId !== viewer.id) throw notFound('Document');
      const queued = await store.documents.requeue(viewer, id);
      if (queued && (working || jobs.shared)) jobs.run('ingest', id, viewer.id).catch(() => undefined);
      return queued ?? document;
    },

    async *progress(viewer, id, signal) {
      const document = await store.documents.get(viewer, id);
      if (!document) throw notFound('Document');
      yield* progress.follow(store.documents, viewer, document, signal);
    },

    get: (viewer, id) => store.documents.get(viewer, id),
    getMany: (viewer, ids) => store.documents.getMany(viewer, ids),
    pages: (viewer, ids) => store.documents.pages(viewer, ids),
    list: (viewer, page, status) => store.documents.list(viewer, page, status),

    async delete(viewer, id) {
      if (!(await store.documents.delete(viewer, id))) throw notFound('Document');
      feed.changed();
      progress.changed(id);
      await store.audit.record(viewer, 'deleteDocument', id, {});
    },

    async search(viewer, query, limit, { strategy, vectorWeight, keywordWeight, documentIds, rerank }, outer) {
      const enabled = features.enabledFor(viewer);
      if (!driver.has('retrieve', enabled)) throw new AppError('FEATURE_DISABLED', 'Retrieval is switched off');
      const asked = {
        viewer,
        query: checkText('query', query, MAX_QUERY),
        limit,
        documentIds,
        strategy,
        vectorWeight: checkShare('vectorWeight', vectorWeight),
        keywordWeight: checkShare('keywordWeight', keywordWeight),
        rerank: rerank ?? true,
      };
      const find = async () => {
        const started = performance.now();
        const failures: string[] = [];
        const result = await retrieval.find(asked, {
          generationId: null,
          features: enabled,
          signal: signalWithin(LONGEST_SEARCH * deadlineFactor, outer),
          trace: ({ plugin, outcome }) => outcome !== 'OK' && failures.push(plugin),
        });
        return {
          passages: await result.read(),
          strategy: result.strategy,
          tookMs: performance.now() - started,
          degraded: [...result.degraded, ...failures],
          pending: () => store.documents.pending(viewer, documentIds, MOST_PENDING),
        };
      };
      return searches.run(viewer.id, find, outer);
    },

    async passage(viewer, id) {
      const record = (await store.documents.passages(viewer, [id])).get(id);
      return record ? { ...record, score: 0, vectorScore: null, keywordScore: null } : null;
    },

    read: (viewer, found) => retrieval.read(viewer, found),

    async start() {
      const work = ingestion({
        ...{ store, driver, feed, parser, directory, claims, onProgress },
        added: (id) => added.get(id),
      });
      jobs.handle('ingest', work, { concurrency: 2 });
      working = true;
      await claims.start();
    },
    stop: () => claims.stop(),
  };
}

/** Documents that are named as still being read. */
const MOST_PENDING = 50;

/** Identifies a repeated request. */
const identityOf = (clientMutationId: string | null, said: readonly unknown[]) =>
  requestIdentity(clientMutationId, said) ?? { clientMutationId: null, fingerprint: null };

/** Waits for a job, which continues after the time limit. A job that fails has stored its failure; the caller reads it next. */
const settled = (milliseconds: number, job: Promise<void>): Promise<boolean> =>
  doneWithin(
    milliseconds,
    job.catch(() => undefined),
  );

/** Milliseconds between looks at a document that another process ingests. */
const LOOK_EVERY = 200;

async function ingestedElsewhere(
  documents: Store['documents'],
  viewer: Viewer,
  id: string,
  patience: number,
): Promise<void> {
  for (const until = Date.now() + patience; Date.now() < until; await sleep(LOOK_EVERY)) {
    const document = await documents.get(viewer, id);
    if (!document || document.status === 'INDEXED' || document.status === 'FAILED') return;
  }
}
