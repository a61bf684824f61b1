/** A contradiction between a claim and the context. */
export interface Conflict {
  readonly kind: 'number' | 'unit' | 'date' | 'name' | 'negation' | 'opposite';
  readonly said: string;
  /** The source's words for the same thing. Null if it has none. */
  readonly source: string | null;
}
