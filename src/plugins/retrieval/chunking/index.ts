import type { DocumentKind, PassageDraft } from '#core/ports/store.ts';
import { splitAcademic } from './academic.ts';
import { splitCode } from './code.ts';
import { split } from './general.ts';
import { kindOf } from './kinds.ts';
import { languageOf } from './languages.ts';
import { splitRecursively } from './recursive.ts';

/** The input of a splitter. */
export interface SplitInput {
  readonly text: string;
  /** With its extension, if the document was a file. */
  readonly title: string;
  readonly mediaType: string;
  /** Null: detected. */
  readonly kind: DocumentKind | null;
  /** `structure`, by the kind of document, where absent. */
  readonly splitter?: 'structure' | 'recursive';
}
export interface SplitDocument {
  readonly kind: DocumentKind;
  /** In order. Each is the text between its offsets. */
  readonly passages: readonly PassageDraft[];
}

/** A document in passages, by its kind. */
export async function splitDocument(input: SplitInput): Promise<SplitDocument> {
  const { text, title, mediaType, splitter = 'structure' } = input;
  const kind = input.kind ?? kindOf(title, mediaType, text);
  if (splitter === 'recursive') return { kind, passages: splitRecursively(text) };
  if (kind === 'CODE') return { kind, passages: await splitCode(text, languageOf(title, mediaType)) };
  return { kind, passages: kind === 'ACADEMIC' ? splitAcademic(text) : split(text) };
}
