import type { Reading } from '../analysis/passage-analysis.ts';
import { EntryBytes, type EntryBytesParts } from './entry-bytes.ts';
import { DamagedFile } from './file-part.ts';
import type { PiecewiseSource } from './snapshot.ts';

/** The part in a file. */
export interface ReadingParts {
  readonly readings: EntryBytesParts['bytes'];
  readonly readingEnds: EntryBytesParts['ends'];
}

export const READING_COLUMNS = { readings: 'file', readingEnds: 'numbers' } as const;

const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Numbers of a reading: bytes of its text, tokens of its title, sentences. Of a sentence: its start, its end, its tokens. */
const NUMBERS = 3;

/**
 * The data that the second stage reads of each entry, made at indexing, so that a search need not tokenise texts. A search reads a
 * few passages, so the data need not be in memory.
 */
export class Readings {
  readonly #bytes: EntryBytes;

  constructor(parts?: ReadingParts) {
    this.#bytes = new EntryBytes(parts && { bytes: parts.readings, ends: parts.readingEnds });
  }

  push(reading: Reading): void {
    this.#bytes.push(packed(reading));
  }

  /** Its tokens may be views: valid until the next `push`. Throws DamagedFile. */
  get(entry: number): Reading {
    return unpacked(this.#bytes.get(entry));
  }

  /** These entries alone, in their order; rising. */
  keep(entries: readonly number[]): void {
    this.#bytes.keep(entries);
  }

  /** These entries in this order, for a file; others may come meanwhile. */
  sources(entries: readonly number[]): { readings: PiecewiseSource; readingEnds: Uint32Array } {
    const { bytes, ends } = this.#bytes.sources(entries);
    return { readings: bytes, readingEnds: ends };
  }

  /** What `sources` returned is in a file now. */
  moved({ readings, readingEnds }: ReadingParts, entries: readonly number[]): void {
    this.#bytes.moved({ bytes: readings, ends: readingEnds }, entries);
  }
}

/** 32-bit words: the numbers, the tokens of the title and of each sentence, and the text in UTF-8. */
function packed({ text, title, sentences }: Reading): Uint8Array {
  const bytes = Buffer.from(text);
  const numbers = [bytes.length, title.length, sentences.length];
  for (const { start, end, tokens } of sentences) numbers.push(start, end, tokens.length);
  const tokens = [title, ...sentences.map((sentence) => sentence.tokens)];
  const count = tokens.reduce((sum, one) => sum + one.length, numbers.length);
  const words = new Uint32Array(count + Math.ceil(bytes.length / WORD));
  words.set(numbers);
  let at = numbers.length;
  for (const one of tokens) {
    words.set(one, at);
    at += one.length;
  }
  const packed = new Uint8Array(words.buffer);
  packed.set(bytes, count * WORD);
  return packed;
}

function unpacked({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Reading {
  const words = new Uint32Array(buffer, byteOffset, byteLength / WORD);
  const [bytes = 0, ofTitle = 0, count = 0] = words;
  let at = NUMBERS + count * NUMBERS;
  let length = at + ofTitle + Math.ceil(bytes / WORD);
  for (let place = NUMBERS; place < Math.min(at, words.length); place += NUMBERS) length += words[place + 2] ?? 0;
  if (length !== words.length) throw new DamagedFile('a record of the index is not whole');
  const next = (length: number) => {
    at += length;
    return words.subarray(at - length, at);
  };
  const title = next(ofTitle);
  const sentences = Array.from({ length: count }, (_, place) => {
    const [start = 0, end = 0, tokens = 0] = words.subarray(NUMBERS + place * NUMBERS);
    return { start, end, tokens: next(tokens) };
  });
  return { text: Buffer.from(buffer, byteOffset + at * WORD, bytes).toString(), title, sentences };
}
