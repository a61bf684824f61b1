/** The document operations. Rules: index.ts. Implementation: documents.ts. */
import type { FoundPassage, SearchStrategy } from '../plugin.ts';
import type { DocumentKind, DocumentRecord, DocumentStatus, Page, PageArguments } from '../ports/store.ts';
import type { Passage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { Upload } from './uploads.ts';

export interface SearchOptions {
  readonly strategy: SearchStrategy | null;
  readonly vectorWeight: number | null;
  readonly keywordWeight: number | null;
  readonly documentIds: readonly string[] | null;
  readonly rerank: boolean | null;
}
export interface SearchAnswer {
  readonly passages: readonly Passage[];
  readonly strategy: SearchStrategy;
  readonly tookMs: number;
  readonly degraded: readonly string[];
  /** Searched documents that are still being read. Reads them only when called. */
  pending(): Promise<readonly DocumentRecord[]>;
}
export interface Documents {
  /** Adds a document and waits a few seconds for its ingestion, so that small texts return as INDEXED. Otherwise ingestion continues in the background. */
  add(
    viewer: Viewer,
    input: {
      readonly title: string;
      readonly text: string;
      readonly mediaType: string;
      readonly kind: DocumentKind | null;
      readonly shared: boolean;
      readonly clientMutationId: string | null;
    },
  ): Promise<DocumentRecord>;
  /** Answers before the file is read; its `error` tells what is wrong with one that cannot be. A title of null: the file's own. */
  upload(
    viewer: Viewer,
    input: {
      readonly file: Upload;
      readonly title: string | null;
      readonly kind: DocumentKind | null;
      readonly shared: boolean;
      readonly clientMutationId: string | null;
    },
  ): Promise<DocumentRecord>;
  /** Splits and indexes a document again, from its text. Searches find the old passages until then. */
  reindex(viewer: Viewer, id: string): Promise<DocumentRecord>;
  /** Yields the document now and after each change. Ends after INDEXED or FAILED. */
  progress(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<DocumentRecord>;
  get(viewer: Viewer, id: string): Promise<DocumentRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, DocumentRecord>>;
  /** The offsets at which pages begin in these documents, for those that have pages. */
  pages(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  list(viewer: Viewer, page: PageArguments, status: DocumentStatus | null): Promise<Page<DocumentRecord>>;
  delete(viewer: Viewer, id: string): Promise<void>;
  search(
    viewer: Viewer,
    query: string,
    limit: number,
    options: SearchOptions,
    signal: AbortSignal,
  ): Promise<SearchAnswer>;
  /** A passage by id, as `node` shows it: without scores. */
  passage(viewer: Viewer, id: string): Promise<Passage | null>;
  /** Found passages with text and title, in the given order; what the viewer may not read is left out. */
  read(viewer: Viewer, found: readonly FoundPassage[]): Promise<readonly Passage[]>;
}
