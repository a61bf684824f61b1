import type { DocumentKind, PassageDraft } from '#core/ports/store.ts';
import { split as splitGeneral } from './general.ts';

/** What is known of a document before it is cut. */
export interface SplitInput {
  readonly text: string;
  /** With its extension where it was a file. */
  readonly title: string;
  readonly mediaType: string;
  /** Null: detected. */
  readonly kind: DocumentKind | null;
}
export interface SplitDocument {
  readonly kind: DocumentKind;
  /** In order; each is what its offsets cut out of the text. */
  readonly passages: readonly PassageDraft[];
}

/** A document in passages, by its kind. */
export async function splitDocument({ text, kind }: SplitInput): Promise<SplitDocument> {
  return { kind: kind ?? 'GENERAL', passages: splitGeneral(text) };
}
