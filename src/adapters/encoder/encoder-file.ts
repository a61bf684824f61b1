/**
 * The file that scripts/make-encoder.ts writes: "SENC", the length of the header as a little-endian uint32, the header as JSON, then
 * the sections that the header names, each at a multiple of 16 bytes.
 */

/** A version of the layout. */
export const FILE_FORMAT = 1;
export const MAGIC = 'SENC';

export interface EncoderHeader {
  readonly format: number;
  readonly dimensions: number;
  /** Vocabulary entries, without the special tokens. */
  readonly pieces: number;
  /** Log probability of a character that no piece covers. */
  readonly unknownScore: number;
  /** The epsilon of LayerNorm and of the final normalisation. */
  readonly epsilon: number;
  /** Maps a matrix to the value of one step of its int8 weights. */
  readonly scales: Readonly<Record<string, number>>;
  /** Maps a matrix to the largest int16 input for which no int32 sum overflows. */
  readonly limits: Readonly<Record<string, number>>;
  /** Maps a section to its start after the header and its length, in bytes. */
  readonly sections: Readonly<Record<string, readonly [number, number]>>;
}

export class EncoderFile {
  readonly header: EncoderHeader;
  readonly #bytes: Uint8Array;
  readonly #body: number;

  /** Throws an Error where the bytes are no encoder file, or one of another layout. */
  constructor(bytes: Uint8Array) {
    // Numbers are read in place, so that the bytes must be aligned.
    this.#bytes = bytes.byteOffset % 16 === 0 ? bytes : new Uint8Array(bytes);
    if (decode(this.#bytes.subarray(0, 4)) !== MAGIC) throw new Error('this is not an encoder file');
    const length = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(4, true);
    this.#body = 8 + length;
    this.header = JSON.parse(decode(this.#bytes.subarray(8, this.#body)));
    if (this.header.format !== FILE_FORMAT)
      throw new Error(`the encoder file has format ${this.header.format}; this version reads format ${FILE_FORMAT}`);
  }

  bytes(name: string): Uint8Array {
    const section = this.header.sections[name];
    if (!section) throw new Error(`the encoder file has no section ${name}`);
    const [start, length] = section;
    return this.#bytes.subarray(this.#body + start, this.#body + start + length);
  }

  floats(name: string): Float32Array {
    const { buffer, byteOffset, byteLength } = this.bytes(name);
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  }

  integers(name: string): Uint32Array {
    const { buffer, byteOffset, byteLength } = this.bytes(name);
    return new Uint32Array(buffer, byteOffset, byteLength / 4);
  }

  text(name: string): string {
    return decode(this.bytes(name));
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
