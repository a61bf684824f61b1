import type { DocumentRecord } from '#core/ports/store.ts';
import { isOtherContent, otherContent } from './create-conversation.ts';
import { type Database, isUniqueViolation } from './database.ts';
import { DOCUMENT, type DocumentRow, toDocument } from './rows.ts';

/** The document that `insert` adds, or the viewer's own that the same `clientMutationId` added before, or at the same time. */
export async function addOnce(
  query: Database['query'],
  viewerId: string,
  { clientMutationId, fingerprint }: { readonly clientMutationId: string | null; readonly fingerprint?: string | null },
  insert: () => Promise<DocumentRow | undefined>,
): Promise<{ created: boolean; document: DocumentRecord }> {
  const existing = async () => {
    const [row] = await query<DocumentRow & { fingerprint: string | null }>(
      `SELECT ${DOCUMENT}, fingerprint FROM documents WHERE viewer_id = $1 AND client_mutation_id = $2`,
      [viewerId, clientMutationId],
    );
    if (row && isOtherContent(fingerprint, row.fingerprint)) throw otherContent();
    return row ? { created: false, document: toDocument(row) } : null;
  };
  const first = clientMutationId === null ? null : await existing();
  if (first) return first;
  try {
    return { created: true, document: toDocument((await insert()) as DocumentRow) };
  } catch (error) {
    const quicker = isUniqueViolation(error) ? await existing() : null; // somebody with the same id
    if (!quicker) throw error;
    return quicker;
  }
}
