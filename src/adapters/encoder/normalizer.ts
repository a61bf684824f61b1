import { trimmedEnd } from '#core/text/characters.ts';
import type { EncoderFile } from './encoder-file.ts';

/** SentencePiece's mark of a word's beginning, U+2581. */
const WORD = '\u2581';
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * SentencePiece's normalizer: rewrites characters by the model's rules (NFKC and more), marks the beginning of each word and
 * collapses white space. The rules are a Darts double array over UTF-8 bytes.
 */
export class Normalizer {
  readonly #rules: Uint32Array;
  readonly #replacements: Uint8Array;
  readonly #decoded = new Map<number, string>();
  /** Start of the replacement of the last rule that matched. */
  #matched = 0;

  constructor(file: EncoderFile) {
    this.#rules = file.integers('trie');
    this.#replacements = file.bytes('replacements');
  }

  normalize(text: string): string {
    const bytes = new TextEncoder().encode(text);
    let normal = '';
    let afterSpace = true;
    for (let place = 0; place < bytes.length; ) {
      const length = this.#isPlain(bytes, place) ? 0 : this.#matchAt(bytes, place);
      const width = length > 0 ? length : widthOf(bytes[place] as number);
      let found = length > 0 ? this.#replacement(this.#matched) : characterAt(bytes, place, width);
      place += width;
      if (afterSpace) found = found.replace(/^ +/, '');
      if (found === '') continue;
      afterSpace = found.endsWith(' ');
      normal += found.includes(' ') ? found.replaceAll(' ', WORD) : found;
    }
    return normal === '' ? '' : trimmedEnd(`${WORD}${normal}`, /\u2581/);
  }

  /** No rule matches a printable ASCII byte that another ASCII byte follows. */
  #isPlain(bytes: Uint8Array, place: number): boolean {
    const byte = bytes[place] as number;
    return byte > 32 && byte < 127 && (bytes[place + 1] ?? 0) < 128;
  }

  /** The length in bytes of the longest rule that matches here; 0 for none. */
  #matchAt(bytes: Uint8Array, start: number): number {
    const rules = this.#rules;
    let unit = rules[0] as number;
    let node = childrenOf(unit);
    let length = 0;
    for (let place = start; place < bytes.length; place += 1) {
      const byte = bytes[place] as number;
      node ^= byte;
      unit = rules[node] as number;
      if ((unit & 0x800000ff) !== byte) break;
      node ^= childrenOf(unit);
      if (unit & 0x100) {
        length = place + 1 - start;
        this.#matched = (rules[node] as number) & 0x7fffffff;
      }
    }
    return length;
  }

  #replacement(start: number): string {
    let found = this.#decoded.get(start);
    if (found === undefined) {
      found = decoder.decode(this.#replacements.subarray(start, this.#replacements.indexOf(0, start)));
      this.#decoded.set(start, found);
    }
    return found;
  }
}

const childrenOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** Bytes of the UTF-8 character that begins with this byte. */
const widthOf = (byte: number): number => (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

const characterAt = (bytes: Uint8Array, place: number, width: number): string =>
  width === 1 ? String.fromCharCode(bytes[place] as number) : decoder.decode(bytes.subarray(place, place + width));
