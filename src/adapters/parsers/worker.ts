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
  | { readonly document: ParsedDocument }
  | { readonly code: ErrorCode; readonly message: string }
  /** Nothing that the file is to blame for. */
  | { readonly fault: string };

parentPort?.on('message', async ({ file, limits }: ParseRequest) => {
  parentPort?.postMessage(await answer(file, limits));
});

async function answer(file: UploadedFile, limits: Limits): Promise<ParseReply> {
  try {
    return { document: await readDocument(file, limits) };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
