/** A search for passages, and what a plugin's `retrieve` answers. */
import type { PassageRecord } from './document-records.ts';
import type { Highlight } from './turn.ts';
import type { Viewer } from './viewer.ts';

export type SearchStrategy = 'HYBRID' | 'VECTOR' | 'KEYWORD';

/** A search for passages, within a turn or without one. */
export interface RetrievalQuery {
  readonly viewer: Viewer;
  readonly query: string;
  /** Number of passages, 1..100. */
  readonly limit: number;
  /** Null: all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
  /** Null: the plugin's own choice. */
  readonly strategy: SearchStrategy | null;
  /** 0..1 each; null: the plugin's own choice. */
  readonly vectorWeight: number | null;
  readonly keywordWeight: number | null;
  readonly rerank: boolean;
  /** Passages as this viewer may read them, by id. Core keeps what was read for this query, and reads none of it again. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, PassageRecord>>;
}

/** A passage by id. Core reads title and text from the store with the viewer in the WHERE clause, and drops ids that it does not find. */
export interface FoundPassage {
  readonly id: string;
  /** 0..1 */
  readonly score: number;
  readonly vectorScore: number | null;
  readonly keywordScore: number | null;
  readonly highlights?: readonly Highlight[];
  /** Other passages with the same text, which the result leaves out; 0 where absent. */
  readonly duplicates?: number;
}

export interface RetrievalResult {
  /** Best first. */
  readonly passages: readonly FoundPassage[];
  readonly strategy: SearchStrategy;
  /** Names of the legs that did not answer in time. */
  readonly degraded: readonly string[];
}
