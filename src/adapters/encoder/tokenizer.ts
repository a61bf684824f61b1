import type { EncoderFile } from './encoder-file.ts';
import { Normalizer } from './normalizer.ts';
import { Vocabulary } from './vocabulary.ts';

/** Tokens of a text that are read; the rest is left out. */
export const MAX_TOKENS = 2_048;
/**
 * UTF-16 code units of a text that are looked at. No piece is longer than 16, so that this is more than MAX_TOKENS can hold, white
 * space apart.
 */
const MAX_CHARACTERS = 40_000;

const UNKNOWN = 0;
const START = 1;
const END = 2;
/** Special tokens, which come before the pieces. */
const SPECIAL = 3;

/** SentencePiece's unigram tokenizer (Kudo, 2018): the segmentation with the highest sum of log probabilities. */
export class Tokenizer {
  readonly #normalizer: Normalizer;
  readonly #vocabulary: Vocabulary;
  readonly #unknownScore: number;
  /** For each position in the text: the best sum up to it, the start of its last piece, and that piece. */
  #best = new Float64Array(1_024);
  #from = new Int32Array(1_024);
  #token = new Int32Array(1_024);

  constructor(file: EncoderFile) {
    this.#normalizer = new Normalizer(file);
    this.#vocabulary = new Vocabulary(file);
    this.#unknownScore = file.header.unknownScore;
  }

  /** Rows of the embedding table: a start token, the pieces, an end token. Text that names a special token is plain text. */
  tokens(text: string): Int32Array {
    const normal = this.#normalizer.normalize(text.slice(0, MAX_CHARACTERS));
    return Int32Array.from([START, ...this.#segment(normal).slice(0, MAX_TOKENS - 2), END]);
  }

  /** The Viterbi algorithm. Among equal segmentations, the one whose last piece starts first wins. */
  #segment(text: string): number[] {
    const { length } = text;
    if (length === 0) return [UNKNOWN];
    this.#reserve(length);
    const [best, from, token] = [this.#best, this.#from, this.#token];
    const { scores } = this.#vocabulary;
    best.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    best[0] = 0;
    const offer = (start: number, end: number, score: number, candidate: number): void => {
      if (score <= (best[end] as number)) return;
      best[end] = score;
      from[end] = start;
      token[end] = candidate;
    };
    for (let start = 0; start < length; start += 1) {
      const base = best[start] as number;
      if (base === Number.NEGATIVE_INFINITY) continue; // inside a surrogate pair
      const character = (text.codePointAt(start) as number) > 0xffff ? 2 : 1;
      let known = false;
      this.#vocabulary.matches(text, start, (piece, width) => {
        if (width === character) known = true;
        offer(start, start + width, base + (scores[piece] as number), piece + SPECIAL);
      });
      if (!known) offer(start, start + character, base + this.#unknownScore, UNKNOWN);
    }
    const found: number[] = [];
    for (let end = length; end > 0; end = from[end] as number) found.push(token[end] as number);
    return found.reverse();
  }

  #reserve(length: number): void {
    if (length < this.#best.length) return;
    this.#best = new Float64Array(2 * length);
    this.#from = new Int32Array(2 * length);
    this.#token = new Int32Array(2 * length);
  }
}
