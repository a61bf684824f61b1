import { createHash } from 'node:crypto';
import type { Passage } from '../turn.ts';

/**
 * A fingerprint (hex SHA-256) of the passages that ground an answer: the same for the same texts of the same documents, in
 * whichever order they were found. An answer that was cached with another fingerprint does not hold any more.
 */
export function groundingOf(passages: readonly Pick<Passage, 'documentId' | 'text'>[]): string {
  const parts = passages.map(({ documentId, text }) => JSON.stringify([documentId, text])).sort();
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
