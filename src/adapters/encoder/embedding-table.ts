import type { EncoderFile } from './encoder-file.ts';

/**
 * One vector for each token, in unsigned steps of 4 or 8 bits. Each row has a scale and an offset: value = step * scale + offset. The
 * model's own table has 64 steps, so nothing is lost.
 */
export class EmbeddingTable {
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
  readonly #dimensions: number;
  readonly #widths: Uint8Array;
  /** Maps a token to its index among the rows of the same width. */
  readonly #places: Uint32Array;
  readonly #nibbles: Uint8Array;
  readonly #bytes: Uint8Array;

  constructor(file: EncoderFile) {
    this.#dimensions = file.header.dimensions;
    this.scales = file.floats('rowScale');
    this.offsets = file.floats('rowOffset');
    this.#widths = file.bytes('widths');
    this.#nibbles = file.bytes('nibbles');
    this.#bytes = file.bytes('bytes');
    const counts = { narrow: 0, wide: 0 };
    this.#places = Uint32Array.from(this.#widths, (width) => (width === 4 ? counts.narrow++ : counts.wide++));
  }

  /** Tokens. */
  get size(): number {
    return this.#widths.length;
  }

  /** Writes the token's steps to `numbers`, from `to` on. */
  read(token: number, numbers: Int16Array, to: number): void {
    const start = (this.#places[token] as number) * this.#dimensions;
    if (this.#widths[token] !== 4) {
      numbers.set(this.#bytes.subarray(start, start + this.#dimensions), to);
      return;
    }
    for (let index = 0; index < this.#dimensions; index += 2) {
      const byte = this.#nibbles[(start + index) >> 1] as number;
      numbers[to + index] = byte & 15;
      numbers[to + index + 1] = byte >> 4;
    }
  }
}
