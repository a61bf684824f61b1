/** The part of the store that holds documents: their files while they wait, their texts and their passages. Rules: store.ts. */

import type {
  DocumentKind,
  DocumentRecord,
  DocumentStatus,
  PassageChange,
  PassageDraft,
  PassageRecord,
} from '../document-records.ts';
import type { Page, PageArguments } from '../records.ts';
import type { Viewer } from '../viewer.ts';

export interface DocumentStore {
  /** The same clientMutationId again answers the first document and writes nothing; CONFLICT where the fingerprint differs. */
  add(
    viewer: Viewer,
    document: {
      readonly id: string;
      readonly title: string;
      readonly text: string;
      readonly mediaType: string;
      readonly kind: DocumentKind | null;
      readonly shared: boolean;
      readonly clientMutationId: string | null;
      /** A hash of all that the request says; absent where it is not to be compared. */
      readonly fingerprint?: string | null;
    },
  ): Promise<{ readonly created: boolean; readonly document: DocumentRecord }>;
  /** Like `add`, for a file whose text is not known yet. Keeps all of the file or nothing. */
  addUpload(
    viewer: Viewer,
    document: {
      readonly id: string;
      readonly title: string;
      /** True if the viewer gave the title. Otherwise the title in the file replaces it. */
      readonly titled: boolean;
      readonly name: string;
      readonly mediaType: string;
      readonly bytes: number;
      readonly kind: DocumentKind | null;
      readonly shared: boolean;
      readonly clientMutationId: string | null;
      /** A hash of all that the request says; absent where it is not to be compared. */
      readonly fingerprint?: string | null;
    },
    parts: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly created: boolean; readonly document: DocumentRecord }>;
  /** An own document goes back to QUEUED, with the passages that it has. Null where it is none, or is not at its end. */
  requeue(viewer: Viewer, id: string): Promise<DocumentRecord | null>;
  /** The viewer's own, or shared in the tenant. */
  get(viewer: Viewer, id: string): Promise<DocumentRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, DocumentRecord>>;
  list(viewer: Viewer, page: PageArguments, status: DocumentStatus | null): Promise<Page<DocumentRecord>>;
  /** The offsets at which pages begin, by document id. Only documents that the viewer may read and that have pages. */
  pages(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /**
   * Documents that are still being read, oldest first, at most `limit`: the viewer's own, or of these ids those that the viewer may
   * read.
   */
  pending(viewer: Viewer, ids: readonly string[] | null, limit: number): Promise<readonly DocumentRecord[]>;
  /** Own documents only. Its passages go in the same transaction and a tombstone stays for the indexes. */
  delete(viewer: Viewer, id: string): Promise<boolean>;
  /** Passages that still exist and that this viewer may read, by id. */
  passages(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, PassageRecord>>;
  /**
   * Passages that tell what these documents are about (`overviewOf`), or where `ids` is null all that the viewer may read: `limit` at
   * most, each document's in the order of its text. None where there are over `mostDocuments`.
   */
  beginnings(
    viewer: Viewer,
    ids: readonly string[] | null,
    wanted: { readonly limit: number; readonly mostDocuments: number },
  ): Promise<readonly PassageRecord[]>;

  // For the ingestion job. It acts for no viewer.
  /**
   * Claims a document whose ingestion has not ended, for `leaseMs`, and sets it to PARSING. False if it has ended, is gone, or
   * another owner's lease has not expired.
   */
  claim(id: string, owner: string, leaseMs: number): Promise<boolean>;
  /** Claims that still are this owner's run for another `leaseMs`; one statement. Answers their ids. */
  renewClaims(owner: string, leaseMs: number, ids: readonly string[]): Promise<readonly string[]>;
  text(id: string): Promise<{ readonly document: DocumentRecord; readonly text: string } | null>;
  /** The file that the document is waiting for to be read; null where there is none. */
  upload(id: string): Promise<{
    readonly name: string;
    readonly mediaType: string;
    readonly titled: boolean;
    parts(): AsyncIterable<Uint8Array>;
  } | null>;
  /** Stores the text that `owner` read from the file and drops the file. A title of null stays unchanged. Null if the document is gone or not claimed. */
  setText(
    id: string,
    owner: string,
    read: {
      readonly text: string;
      readonly mediaType: string;
      readonly title: string | null;
      /** The offset at which each page begins in the text. Null if it has no pages. */
      readonly pages?: readonly number[] | null;
    },
  ): Promise<DocumentRecord | null>;
  /** The file that cannot be read. */
  dropUpload(id: string): Promise<void>;
  /** Sets the status of a document that `owner` has claimed. INDEXED and FAILED end the claim. False if it is gone or not claimed. */
  setStatus(
    id: string,
    owner: string,
    status: {
      readonly status: DocumentStatus;
      readonly progress: number;
      readonly kind?: DocumentKind;
      readonly error?: string;
    },
  ): Promise<boolean>;
  /** Replaces all passages of a document that `owner` has claimed, in one transaction. False where it is gone, or claimed no more. */
  replacePassages(
    id: string,
    owner: string,
    passages: readonly (PassageDraft & { readonly id: string })[],
  ): Promise<boolean>;
  /** Ids of documents that `owner` may claim: its own, unclaimed ones, and those with an expired lease. Viewers take turns, oldest first. */
  unfinished(owner: string): Promise<readonly string[]>;
  /** Committed changes after `sequence`, at most `limit`, in order; a removed passage's addition is left out. */
  changesAfter(sequence: number, limit: number): Promise<readonly PassageChange[]>;
  /**
   * The readers that the committed changes after `sequence` concern: the last sequence number, the last removal (0 for none), and
   * the last addition of each owner. One light statement that reads no text.
   */
  readersChangedAfter(sequence: number): Promise<{
    readonly position: number;
    readonly removed: number;
    readonly added: readonly {
      readonly viewerId: string;
      readonly tenant: string;
      readonly shared: boolean;
      readonly sequence: number;
    }[];
  }>;
  /** The number of the last change that anybody began; 0 for none. An index that is beyond it was made from another database. */
  latestChange(): Promise<number>;
  /** Identifies this database for as long as it exists. */
  origin(): Promise<string>;
  /**
   * Runs `work` unless another replica runs work of this name; false if one does. For work that must not run twice at once.
   * A store that is not shared always runs it.
   */
  exclusively(name: string, work: () => Promise<void>): Promise<boolean>;
}
