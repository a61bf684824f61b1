import { parentPort } from 'node:worker_threads';
import { AppError, type ErrorCode } from '#core/errors.ts';
import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import type { Limits } from './options.ts';
import { readDocument } from './read-file.ts';

export interface ParseRequest {
  readonly file: UploadedFile;
  readonly limits: Limits;
}

export type ParseReply =
  /** Of the text, in order, before the document, whose own text is the last of it. */
  | { readonly piece: string }
  | { readonly document: ParsedDocument }
  | { readonly code: ErrorCode; readonly message: string }
  /** Nothing that the file is to blame for. */
  | { readonly fault: string };

parentPort?.on('message', async ({ file, limits }: ParseRequest) => {
  reply(await answer(file, limits));
});

const reply = (message: ParseReply) => parentPort?.postMessage(message);

async function answer(file: UploadedFile, limits: Limits): Promise<ParseReply> {
  try {
    return { document: await readDocument(file, limits, (piece) => reply({ piece })) };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
