import type { DocumentStore } from '../ports/document-store.ts';
import type { Citation, StoredCitation } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

/** Stored citations with their passages as the viewer may read them now; those of deleted documents are left out. */
export async function readCitations(
  documents: Pick<DocumentStore, 'passages'>,
  viewer: Viewer,
  stored: readonly StoredCitation[],
): Promise<readonly Citation[]> {
  if (stored.length === 0) return [];
  const ids = [...new Set(stored.map((citation) => citation.passageId))];
  const passages = await documents.passages(viewer, ids);
  return stored.flatMap(({ passageId, documentId, score, vectorScore, keywordScore, ...citation }): Citation[] => {
    const passage = passages.get(passageId);
    if (!passage || passage.documentId !== documentId) return [];
    const quote = passage.text.slice(citation.start - passage.start, citation.end - passage.start);
    return [{ ...citation, passage: { ...passage, score, vectorScore, keywordScore }, quote }];
  });
}

/** Like `readCitations`; null if a citation does not lie within a passage that the viewer may read now. */
export async function verifiedCitations(
  documents: Pick<DocumentStore, 'passages'>,
  viewer: Viewer,
  stored: readonly StoredCitation[],
): Promise<readonly Citation[] | null> {
  const citations = await readCitations(documents, viewer, stored);
  const sound = citations.every(
    ({ passage, start, end, quote }) => start >= passage.start && end <= passage.end && quote.length === end - start,
  );
  return sound && citations.length === stored.length ? citations : null;
}

export const storedCitation = ({ passage, quote: _quote, ...citation }: Citation): StoredCitation => ({
  ...citation,
  passageId: passage.id,
  documentId: passage.documentId,
  score: passage.score,
  vectorScore: passage.vectorScore,
  keywordScore: passage.keywordScore,
});
