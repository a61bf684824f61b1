import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { cleanText } from './decode.ts';
import { count, tooMuch, unreadable } from './failures.ts';

/** A document that is read piece by piece, so that a large one is never in memory whole. */
export interface DocumentInPieces extends Pick<ParsedDocument, 'mediaType' | 'title'> {
  /** Lines of its text, each with its end. */
  readonly pieces: Iterable<string> | AsyncIterable<string>;
}

const PIECE = 2 ** 18;

/** Sends the text, well-formed and without white space around it. */
export async function sendPieces(
  { pieces }: DocumentInPieces,
  maxCharacters: number,
  send: (piece: string) => void,
): Promise<void> {
  let begun = false;
  let length = 0;
  /** White space that is emitted only if text follows. */
  let held = '';
  for await (const piece of joined(pieces)) {
    const text = held + cleanText(piece);
    const told = begun ? text : text.trimStart();
    const kept = told.trimEnd();
    held = told.slice(kept.length);
    if (kept === '') continue;
    begun = true;
    length += kept.length;
    if (length > maxCharacters)
      throw tooMuch(
        `The file gives more than ${count(maxCharacters)} characters of text, which is too much to read; split it into smaller files`,
      );
    send(kept);
  }
  if (!begun) throw unreadable('The file has no text that could be read');
}

async function* joined(pieces: DocumentInPieces['pieces']): AsyncGenerator<string> {
  let lines: string[] = [];
  let length = 0;
  for await (const line of pieces) {
    lines.push(line);
    length += line.length;
    if (length < PIECE) continue;
    yield lines.join('');
    lines = [];
    length = 0;
  }
  yield lines.join('');
}
