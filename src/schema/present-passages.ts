import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { DocumentRecord } from '#core/ports/store.ts';
import type { Passage } from '#core/turn.ts';
import type { Loaders } from './loaders.ts';

/** A passage with its document, where that was read together with others. */
export interface PassageWithDocument extends Passage {
  readonly document?: DocumentRecord;
}

/**
 * Keeps the passages whose documents exist, if the operation selects documents: a document may be deleted between retrieval
 * and the reading of an event. Other operations cost no statement.
 */
export async function presentPassages(
  passages: readonly Passage[],
  { document }: Loaders,
  { fieldNodes, fragments }: GraphQLResolveInfo,
): Promise<PassageWithDocument[]> {
  if (!fieldNodes.some(({ selectionSet }) => selects(selectionSet, 'document', fragments))) return [...passages];
  const found = await Promise.all(passages.map(({ documentId }) => document.load(documentId)));
  return passages.flatMap((passage, place) => {
    const own = found[place];
    return own ? [{ ...passage, document: own }] : [];
  });
}

/** True if the field, or one within it, has this name. */
function selects(
  selectionSet: SelectionSetNode | undefined,
  name: string,
  fragments: GraphQLResolveInfo['fragments'],
): boolean {
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return selects(fragments[selection.name.value]?.selectionSet, name, fragments);
    const isField = selection.kind === Kind.FIELD;
    return (isField && selection.name.value === name) || selects(selection.selectionSet, name, fragments);
  });
}
