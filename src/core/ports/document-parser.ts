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
  /** The path of the file. */
  readonly path: string;
  /** The name from the client: a hint for text formats that bytes cannot tell apart, never a path. */
  readonly name: string;
  /** The media type from the client, also a hint. Empty if the client sent none. */
  readonly mediaType: string;
}

export interface ParsedDocument {
  /** The text for the passages, with Markdown's marks for headings, tables and code. Never empty. */
  readonly text: string;
  /** The media type that the bytes show. */
  readonly mediaType: string;
  /** The title in the document. Null if it has none. */
  readonly title: string | null;
  /** The offset in `text` at which each page begins, rising, the first 0. Absent for formats without pages. */
  readonly pages?: readonly number[];
}
