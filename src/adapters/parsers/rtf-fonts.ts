import { codePageOf, encodingOfCharset, SYMBOL_CHARSET, signs } from './rtf-words.ts';

/** The fonts of a file: the encoding of each, and which of them show signs. */
export class RtfFonts {
  readonly #encodings = new Map<number, string>();
  /** Names of fonts of signs. */
  readonly #signs = new Map<number, string>();
  #encoding = 'windows-1252';

  /** A control word that describes a font. */
  describe(font: number, word: string, value = 0): void {
    const encoding = word === 'fcharset' ? encodingOfCharset(value) : word === 'cpg' ? codePageOf(value) : undefined;
    if (encoding) this.#encodings.set(font, encoding);
    if (word === 'fcharset' && value === SYMBOL_CHARSET) this.#signs.set(font, '');
  }

  /** A part of a font's name. */
  name(font: number, text: string): void {
    const former = this.#signs.get(font);
    if (former !== undefined) this.#signs.set(font, former + text);
  }

  /** The code page of fonts that name no character set. */
  usePage(page: number): void {
    this.#encoding = codePageOf(page) ?? this.#encoding;
  }

  decode(bytes: readonly number[], font: number, isText: boolean): string {
    const name = isText ? this.#signs.get(font) : undefined;
    if (name !== undefined) return signs(bytes, name);
    return new TextDecoder(this.#encodings.get(font) ?? this.#encoding).decode(Uint8Array.from(bytes));
  }

  /** The sign of a font at a place of Unicode's private use; undefined for a character. */
  sign(unit: number, font: number): string | undefined {
    const name = unit >= 0xf020 && unit <= 0xf0ff ? this.#signs.get(font) : undefined;
    return name === undefined ? undefined : signs([unit & 0xff], name);
  }
}
