import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import { serve } from '#core/runtime/thread.ts';
import type { Limits } from './options.ts';
import { readDocument } from './read-file.ts';

/** The calls of the thread that reads files. */
export type ParserCalls = {
  readonly parse: {
    readonly asked: { readonly file: UploadedFile; readonly limits: Limits };
    /** Its text is what follows the pieces. */
    readonly answer: ParsedDocument;
    /** A part of the text, in order. */
    readonly piece: string;
  };
};

serve<ParserCalls>({ parse: ({ file, limits }, send) => readDocument(file, limits, send) });
