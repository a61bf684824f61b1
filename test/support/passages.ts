import type { Passage } from '#core/turn.ts';

/** A passage that is found, with this text. */
export const passageOf = (text: string, others: Partial<Passage> = {}): Passage => ({
  id: text.slice(0, 8),
  documentId: 'd',
  documentTitle: 'Document',
  start: 0,
  end: text.length,
  text,
  heading: null,
  score: 1,
  vectorScore: null,
  keywordScore: 1,
  ...others,
});
