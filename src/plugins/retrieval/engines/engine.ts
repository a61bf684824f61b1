/**
 * The interface of a search server or index for one leg: keywords or vectors. Every index is derived from the
 * store and can be rebuilt from it: it stores the last change that it contains, and continues from there.
 */
import type { IndexedPassage } from '#core/ports/store.ts';
import type { Scope } from '../built-in/access.ts';

export type { Scope };

/** A passage that was found: its id, and BM25 (over 0) or the cosine (-1..1). */
export interface Hit {
  readonly id: string;
  readonly score: number;
}

/** `sequence` rises from change to change, and passages of one document come after the removal of its former ones. */
export type EngineChange<Entry> =
  | { readonly sequence: number; readonly type: 'added'; readonly passage: IndexedPassage; readonly entry: Entry }
  | { readonly sequence: number; readonly type: 'removed'; readonly documentId: string };

/** The tokens of a passage, in order, with repetitions. The engine must not analyse them further. */
export type TokenEntry = readonly string[];
/** The unit vectors of a passage, one or several. The nearest one counts. */
export type VectorEntry = readonly Float32Array[];

/**
 * One index of one format. A format is a short name for how an index was made: the tokeniser's
 * version, or the embedding model's name and dimensions. Formats never mix.
 */
export interface Index<Entry, Query, Answer> {
  readonly format: string;
  /** The last change that is in, for good; 0 for an index that is new. Asked of the engine, not remembered. */
  position(signal: AbortSignal): Promise<number>;
  /**
   * Applies the changes, then moves the position to the last of them. Repeated changes do no harm. When it resolves, searches see the
   * changes, and they survive a kill of the engine. Rejects without moving the position if any change failed, and
   * if the index is not at `after`, or does not stay there: it was lost and created again, or another replica writes it.
   */
  apply(changes: readonly EngineChange<Entry>[], signal: AbortSignal, after?: number): Promise<void>;
  /** Best first, within the scope alone: the viewer's own passages and those shared in the tenant, of these documents. */
  search(query: Query, signal: AbortSignal): Promise<Answer>;
  /** Passages in the index. */
  count(signal: AbortSignal): Promise<number>;
}

export interface KeywordQuery {
  /** With repetitions: a token that occurs twice weighs twice. Never empty. */
  readonly tokens: readonly string[];
  readonly scope: Scope;
  readonly limit: number;
}
export interface KeywordAnswer {
  /** By BM25 with Lucene's idf, k1 1.2, b 0.75. */
  readonly hits: readonly Hit[];
  /** The number of passages with each token, among those that the viewer may read: other viewers' texts must not change a score. */
  readonly frequencies: ReadonlyMap<string, number>;
  /** Passages that the viewer may read. */
  readonly size: number;
}
export type KeywordIndex = Index<TokenEntry, KeywordQuery, KeywordAnswer>;

export interface VectorQuery {
  /** A unit vector of the format's dimensions. */
  readonly vector: Float32Array;
  readonly scope: Scope;
  readonly limit: number;
}
export type VectorIndex = Index<VectorEntry, VectorQuery, readonly Hit[]>;

/** Something that keeps indexes: one that serves, and while a new format is being built, another. */
export interface Engine<I> {
  readonly name: string;
  /** The format of the index that serves; null where there is none yet. */
  serving(signal: AbortSignal): Promise<string | null>;
  /** The index of this format; made where there is none. */
  open(format: string, signal: AbortSignal): Promise<I>;
  /** Makes this format serve (switches an alias, in one step) and drops all other indexes of Parley. */
  serve(format: string, signal: AbortSignal): Promise<void>;
  /** Drops every index of Parley's. */
  clear(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
/** Vectors' dimensions are part of the format: `NAME@DIMENSIONS`. */
export type VectorEngine = Engine<VectorIndex>;
export type KeywordEngine = Engine<KeywordIndex>;

/** The dimensions that a vector format names. */
export function dimensionsOf(format: string): number {
  const dimensions = Number(format.slice(format.lastIndexOf('@') + 1));
  if (!(Number.isInteger(dimensions) && dimensions > 0)) throw new RangeError(`${format} names no dimensions`);
  return dimensions;
}
