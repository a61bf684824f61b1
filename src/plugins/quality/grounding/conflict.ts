/** Where a claim says something else than the context. */
export interface Conflict {
  readonly kind: 'number' | 'unit' | 'date' | 'name' | 'negation' | 'opposite';
  readonly said: string;
  /** What the source has in its place; null where it has nothing of the kind. */
  readonly source: string | null;
}
