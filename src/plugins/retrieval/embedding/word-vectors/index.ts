/**
 * The vectors that served by default before the built-in encoder. An index that was made with them serves on while the encoder's
 * vectors are made; nothing new is made with them.
 */
import { readFileSync } from 'node:fs';
import { sentences } from '#core/text/sentences.ts';
import { searchable } from '../../analysis/query-terms.ts';
import { CJK, LETTER, tokenize } from '../../analysis/tokens.ts';

const DIMENSIONS = 100;
/** The format of an index of them. */
export const WORD_VECTORS = `english-1@${DIMENSIONS}`;
/** Cosines under it say nothing: half of all sentences are as near to any question. */
export const WORD_VECTORS_FLOOR = 0.45;

/** See NOTICE beside it. */
const FILE = new URL('./english.vectors', import.meta.url);
/** The share of a text's words that must be known, so that the vector stands for the text and not for a name in it. */
const LEAST_KNOWN = 0.5;
/** Every CJK character counts as a word: it is none that is known here. */
const WORDS = new RegExp(`${CJK}|${LETTER}+(?:['\\-]${LETTER}+)*`, 'gv');
/** UTF-16 code units of a text that are read. */
const MOST_CHARACTERS = 4_000;

/** Vectors of English texts, from those of their words. */
export class WordVectors {
  readonly #places: ReadonlyMap<string, number>;
  readonly #scales: Float32Array;
  readonly #rows: Int8Array;

  /** Reads the file: 7 MB. */
  constructor() {
    const file = readFileSync(FILE);
    const [count = 0, dimensions = 0, listBytes = 0] = [0, 4, 8].map((place) => file.readUInt32LE(place));
    if (dimensions !== DIMENSIONS) throw new Error(`${FILE.pathname} is damaged: check it out again`);
    const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
    this.#scales = new Float32Array(bytes, 16, count);
    this.#rows = new Int8Array(bytes, 16 + count * 4, count * dimensions);
    const words = file.toString('utf8', file.length - listBytes).split('\n');
    this.#places = new Map(words.map((word, place) => [word, place]));
  }

  /** A unit vector; null where the question has no word that says anything, or too little of it is known, as of one in Chinese. */
  query(query: string): Float32Array | null {
    return tokenize(searchable(query)).length > 0 ? this.#of(query) : null;
  }

  /** One vector a sentence, and one of the title with the heading: a passage is as near as the nearest of them. */
  passage(passage: {
    readonly documentTitle: string;
    readonly heading: string | null;
    readonly text: string;
  }): Float32Array[] {
    const { documentTitle, heading, text } = passage;
    const parts = [
      `${documentTitle} ${heading ?? ''}`,
      ...sentences(text).map(({ start, end }) => text.slice(start, end)),
    ];
    return parts.flatMap((part) => this.#of(part) ?? []);
  }

  #of(text: string): Float32Array | null {
    const counts = new Map<number, number>();
    let known = 0;
    let total = 0;
    for (const word of text.slice(0, MOST_CHARACTERS).normalize('NFKC').toLowerCase().match(WORDS) ?? []) {
      total += 1;
      const places = this.#placesOf(word);
      if (places.length > 0) known += 1;
      for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    return known > 0 && known >= total * LEAST_KNOWN ? this.#sum(counts) : null;
  }

  /** A word that is put together of several may be known by its parts. */
  #placesOf(word: string): number[] {
    const place = this.#places.get(word);
    if (place !== undefined) return [place];
    return /['-]/.test(word) ? word.split(/['-]/).flatMap((part) => this.#places.get(part) ?? []) : [];
  }

  /** A word that occurs several times counts by the root of how often. */
  #sum(counts: ReadonlyMap<number, number>): Float32Array | null {
    const sum = new Float32Array(DIMENSIONS);
    for (const [place, count] of counts) {
      const weight = Math.sqrt(count) * (this.#scales[place] as number);
      const start = place * DIMENSIONS;
      for (let index = 0; index < DIMENSIONS; index += 1)
        sum[index] = (sum[index] as number) + weight * (this.#rows[start + index] as number);
    }
    const length = Math.hypot(...sum);
    return length > 0 ? sum.map((value) => value / length) : null;
  }
}
