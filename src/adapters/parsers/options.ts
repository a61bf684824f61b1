export interface ParserOptions {
  /** Milliseconds that one file may take. */
  readonly timeoutMs?: number;
  /** Bytes of a file. */
  readonly maxBytes?: number;
  /** UTF-16 units of a file's markup, and of the text taken from it. */
  readonly maxCharacters?: number;
  /** UTF-16 units of the text taken from a table or from data, which are read piece by piece. */
  readonly maxDataCharacters?: number;
  readonly maxPages?: number;
  /** Bytes that a compressed file may unpack to. */
  readonly maxExpandedBytes?: number;
  /** Limit in megabytes for reading one file, in and outside the JavaScript heap. */
  readonly maxMemoryMb?: number;
  /** Milliseconds after which a thread without work ends. */
  readonly idleMs?: number;
}

/** The limits of the parsers of single formats. */
export type Limits = Readonly<Required<Omit<ParserOptions, 'timeoutMs' | 'idleMs'>>>;

export const limitsOf = (options: ParserOptions): Limits => ({
  maxBytes: options.maxBytes ?? 256 * 2 ** 20,
  maxCharacters: options.maxCharacters ?? 20_000_000,
  maxDataCharacters: options.maxDataCharacters ?? 75_000_000,
  maxPages: options.maxPages ?? 5_000,
  maxExpandedBytes: options.maxExpandedBytes ?? 200 * 2 ** 20,
  maxMemoryMb: options.maxMemoryMb ?? 512,
});
