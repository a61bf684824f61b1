/** Records of documents and their passages. */
import type { Span } from './turn.ts';

export type DocumentStatus = 'QUEUED' | 'PARSING' | 'EMBEDDING' | 'INDEXED' | 'FAILED';

export type DocumentKind = 'GENERAL' | 'CODE' | 'ACADEMIC';

export interface DocumentRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly tenant: string;
  readonly title: string;
  readonly mediaType: string;
  readonly kind: DocumentKind | null;
  /** Size of the source in bytes of UTF-8. */
  readonly bytes: number;
  readonly shared: boolean;
  readonly status: DocumentStatus;
  /** 0..1 */
  readonly progress: number;
  readonly passageCount: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly indexedAt: Date | null;
}

/** A passage from a splitter. `text` is `document.text.slice(start, end)`. */
export interface PassageDraft extends Span {
  readonly text: string;
  readonly heading: string | null;
}

export interface PassageRecord extends PassageDraft {
  readonly id: string;
  readonly documentId: string;
  readonly documentTitle: string;
  /** True if everyone in the tenant may read the document. */
  readonly shared: boolean;
}

/** A passage as an index needs it. */
export interface IndexedPassage extends PassageRecord {
  readonly viewerId: string;
  readonly tenant: string;
  readonly shared: boolean;
}

/** Changes in the order in which they were committed. */
export type PassageChange =
  | { readonly sequence: number; readonly type: 'added'; readonly passage: IndexedPassage }
  | { readonly sequence: number; readonly type: 'removed'; readonly documentId: string };
