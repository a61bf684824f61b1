import type { Attachment } from 'postal-mime';
import { AppError } from '#core/errors.ts';
import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import type { DocumentInPieces } from './pieces.ts';

/** Reads the bytes of a file that is attached, as an upload of this name. */
export type ReadPart = (
  bytes: Buffer,
  file: Pick<UploadedFile, 'name' | 'mediaType'>,
) => Promise<ParsedDocument | DocumentInPieces>;

/** Files of one message that are read, and characters of them all. */
const MOST_FILES = 100;
/** Kinds that have no text. */
const NO_TEXT = /^(?:image|audio|video|font)\/|pgp-|pkcs7|x-x509/i;

export interface AttachedText {
  readonly name: string;
  readonly text: string;
}

/** The texts of the files that are attached to a message. What cannot be read is left out: its name is told all the same. */
export async function attachedTexts(
  attachments: readonly Attachment[],
  read: ReadPart,
  maxCharacters: number,
): Promise<AttachedText[]> {
  const texts: AttachedText[] = [];
  let room = maxCharacters;
  for (const { filename, mimeType, content, related } of attachments) {
    if (texts.length >= MOST_FILES || room <= 0) break;
    const name = filename?.replace(/\s+/g, ' ').trim() ?? '';
    if (name === '' || related || NO_TEXT.test(mimeType) || typeof content === 'string') continue;
    const text = await textOf(Buffer.from(new Uint8Array(content)), name, mimeType, read, room);
    room -= text.length;
    if (text !== '') texts.push({ name, text });
  }
  return texts;
}

async function textOf(bytes: Buffer, name: string, mediaType: string, read: ReadPart, room: number): Promise<string> {
  try {
    const document = await read(bytes, { name, mediaType });
    if (!('pieces' in document)) return document.text.trim().slice(0, room).toWellFormed();
    let text = '';
    for await (const piece of document.pieces) {
      text += piece;
      if (text.length >= room) break;
    }
    return text.trim().slice(0, room).toWellFormed();
  } catch (error) {
    if (error instanceof AppError) return '';
    throw error;
  }
}
