import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import { cleanText } from './decode.ts';
import { count, libraryFailure, tooMuch, unreadable } from './failures.ts';
import type { Limits } from './options.ts';
import { type DocumentInPieces, sendPieces } from './pieces.ts';
import { sniffBytes } from './sniff.ts';

/**
 * Reads one file, in the thread. What can be read piece by piece is sent so, and its text is what was sent. The libraries of a format
 * are loaded when the first file of it comes.
 */
export async function readDocument(
  file: UploadedFile,
  limits: Limits,
  send: (piece: string) => void,
): Promise<ParsedDocument> {
  const bytes = contentOf(file.path, limits.maxBytes);
  if (bytes.length === 0) throw unreadable('The file is empty');
  try {
    const document = await parsed(bytes, file, limits);
    if (!('pieces' in document)) return checked(document, limits);
    await sendPieces(document, limits.maxDataCharacters, send);
    return { text: '', mediaType: document.mediaType, title: document.title };
  } catch (error) {
    throw libraryFailure(
      error,
      'The file is damaged and cannot be read; save it again from the program that made it and upload that',
    );
  }
}

type Hints = Pick<UploadedFile, 'name' | 'mediaType'>;

/** `isPart`: a file that is attached to a message. Files that are attached to that are not read. */
async function parsed(
  bytes: Buffer,
  file: Hints,
  limits: Limits,
  isPart = false,
): Promise<ParsedDocument | DocumentInPieces> {
  const kind = sniffBytes(bytes);
  if (kind === 'pdf') return (await import('./pdf.ts')).parsePdf(bytes, limits);
  if (kind === 'zip') return (await import('./zip-document.ts')).parseZip(bytes, limits);
  if (kind === 'rtf') return (await import('./rtf.ts')).parseRtf(bytes, limits);
  const { parseData, parseTextual } = await import('./text.ts');
  const readPart = (part: Buffer, hints: Hints) => parsed(part, hints, limits, true);
  return (await parseData(bytes, file, limits)) ?? parseTextual(bytes, file, limits, isPart ? undefined : readPart);
}

function checked({ text, mediaType, title, pages }: ParsedDocument, { maxCharacters }: Limits): ParsedDocument {
  const clean = pages ? text : cleanText(text).trim();
  if (clean.trim() === '') throw unreadable('The file has no text that could be read');
  if (clean.length > maxCharacters)
    throw tooMuch(
      `The file gives ${count(clean.length)} characters of text; at most ${count(maxCharacters)} are read. Split it into smaller files`,
    );
  const name = title ? cleanText(title).replace(/\s+/g, ' ').trim().slice(0, 500).toWellFormed() : '';
  return { text: clean, mediaType, title: name || null, ...(pages && { pages }) };
}

/** Only a regular file: another kind could be read without end. */
function contentOf(path: string, maxBytes: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new TypeError(`${path} is not a regular file`);
    if (stat.size > maxBytes)
      throw tooMuch(
        `The file has ${count(stat.size)} bytes; at most ${count(maxBytes)} are read. Split it into smaller files`,
      );
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const got = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (got === 0) break;
      length += got;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
