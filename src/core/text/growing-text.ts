/** UTF-16 code units that may come before the pieces are joined, besides a quarter of the text. */
const LOOSE = 256;

/**
 * A text that grows piece by piece. V8 keeps `text + piece` as a chain of its parts, 32 bytes a piece, until it is read: of thousands
 * of answers that stream, most of what the garbage collector marks. Here pieces are joined as a quarter of the text has come, and
 * when it is read: each code unit is copied some five times at most, however long the text grows.
 */
export class GrowingText {
  /** The first is the text so far. */
  readonly #pieces: string[];
  #joined: number;
  /** UTF-16 code units. */
  length: number;

  constructor(text = '') {
    this.#pieces = [text];
    this.#joined = text.length;
    this.length = text.length;
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.length += piece.length;
    if (this.length - this.#joined > LOOSE + this.#joined / 4) this.read();
  }

  read(): string {
    const [first = ''] = this.#pieces;
    if (this.#pieces.length === 1) return first;
    const text = this.#pieces.join('');
    this.#pieces.length = 0;
    this.#pieces.push(text);
    this.#joined = this.length;
    return text;
  }
}
