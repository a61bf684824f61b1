import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { unreadable } from './failures.ts';
import type { Limits } from './options.ts';
import { RtfText } from './rtf-text.ts';
import { rtfTokens } from './rtf-tokens.ts';
import { firstHeading, realTitle } from './titles.ts';

export const RTF = 'application/rtf';

/** Paragraphs, headings, tables and notes of a file in Rich Text Format; nothing hidden, deleted or drawn. */
export function parseRtf(bytes: Buffer, limits: Limits): ParsedDocument {
  const text = new RtfText(limits.maxCharacters);
  for (const token of rtfTokens(bytes)) text.take(token);
  const { title, markdown } = text.end();
  if (markdown.trim() === '') throw unreadable('The RTF file has no text that could be read');
  return { text: markdown, mediaType: RTF, title: realTitle(title) ?? firstHeading(markdown) };
}
