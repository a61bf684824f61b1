import type { EngineChange } from '../engines/engine.ts';

export interface NetChanges<Entry> {
  readonly removed: readonly string[];
  readonly added: readonly (EngineChange<Entry> & { readonly type: 'added' })[];
}

/**
 * Reduces consecutive changes to removals and the additions that no later removal undoes. So an engine gets one request
 * for all removals of a batch, though each document that was indexed again is removed and added in turn.
 */
export function netChanges<Entry>(changes: readonly EngineChange<Entry>[]): NetChanges<Entry> {
  const removedAt = new Map<string, number>();
  changes.forEach((change, place) => {
    if (change.type === 'removed') removedAt.set(change.documentId, place);
  });
  const added = changes.flatMap((change, place) =>
    change.type === 'added' && place > (removedAt.get(change.passage.documentId) ?? -1) ? [change] : [],
  );
  return { removed: [...removedAt.keys()], added };
}
