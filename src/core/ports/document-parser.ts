/** Reads a file: what it is by its bytes, and the text in it. */
export interface DocumentParser {
  /**
   * The file stays on disk, because it may be large. Aborting ends the work at once. Rejects with an AppError: of
   * UNSUPPORTED_MEDIA_TYPE for a kind that cannot be read, of BAD_USER_INPUT for what is broken, encrypted or without text, of
   * PAYLOAD_TOO_LARGE for what is too much once unpacked. Its message tells a person what is wrong with the file and what to do.
   */
  parse(file: UploadedFile, signal: AbortSignal): Promise<ParsedDocument>;
}

export interface UploadedFile {
  /** Where it lies. */
  readonly path: string;
  /** As the client named it: a hint for text formats that bytes cannot tell apart, and never a path. */
  readonly name: string;
  /** As the client named it; a hint too. Empty where it did not. */
  readonly mediaType: string;
}

export interface ParsedDocument {
  /** What was found in it: text for the passages, with Markdown's marks for headings, tables and code. Never empty. */
  readonly text: string;
  /** As its bytes say. */
  readonly mediaType: string;
  /** What the document calls itself; null where it does not. */
  readonly title: string | null;
  /** Where each page begins in `text`, rising, the first 0; absent for what has no pages. */
  readonly pages?: readonly number[];
}
