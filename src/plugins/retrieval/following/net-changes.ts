import type { EngineChange } from '../engines/engine.ts';

export interface NetChanges<Entry> {
  readonly removed: readonly string[];
  readonly added: readonly (EngineChange<Entry> & { readonly type: 'added' })[];
}

/**
 * What changes in a row come to: removals, and then the additions that no later one of them takes back. So an engine is asked once
 * for what a whole batch removes, though each document that was indexed anew is removed and added in turn.
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
