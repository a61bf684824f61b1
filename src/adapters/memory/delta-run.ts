/** Deltas whose pieces become one string: a string a token would be most of what a garbage collection marks. */
const BLOCK = 32;

interface Block {
  readonly text: string;
  /** Where each delta ends in the text that it belongs to. */
  readonly ends: readonly number[];
}

/**
 * Deltas of one text, one after the other. The newest ones keep their own pieces, so that reading them does not touch the text before;
 * a token takes a few bytes, for a server holds millions of them.
 */
export class DeltaRun {
  readonly type: 'text-delta' | 'reasoning-delta';
  /** Position of the first delta in the log. */
  readonly first: number;
  /** When the latest delta came: milliseconds since the epoch. */
  at = 0;
  /** UTF-16 code units of the text after the latest delta. */
  end: number;
  readonly #begin: number;
  readonly #blocks: Block[] = [];
  #pieces: string[] = [];
  #ends: number[] = [];

  /** `begin`: UTF-16 code units of the text before the first delta. */
  constructor(type: DeltaRun['type'], first: number, begin: number) {
    this.type = type;
    this.first = first;
    this.#begin = begin;
    this.end = begin;
  }

  /** Position after the latest delta. */
  get next(): number {
    return this.first + this.#blocks.length * BLOCK + this.#pieces.length;
  }

  add(piece: string, at: number): void {
    this.at = at;
    this.end += piece.length;
    this.#pieces.push(piece);
    this.#ends.push(this.end);
    if (this.#pieces.length < BLOCK) return;
    this.#blocks.push({ text: this.#pieces.join(''), ends: this.#ends });
    this.#pieces = [];
    this.#ends = [];
  }

  /** Where the delta at a position of the log begins in the text; the end of the text for the position after the latest one. */
  offset(position: number): number {
    const before = position - this.first - 1;
    if (before < 0) return this.#begin;
    const ends = this.#blocks[Math.floor(before / BLOCK)]?.ends ?? this.#ends;
    return ends[before % BLOCK] ?? this.end;
  }

  /** The text of the deltas from one position of the log to another. */
  text(from: number, to: number): string {
    const [begin, end] = [this.offset(from), this.offset(to)];
    const texts: string[] = [];
    const first = Math.floor((from - this.first) / BLOCK);
    for (const { text, ends } of this.#blocks.slice(first)) {
      const start = (ends[BLOCK - 1] ?? 0) - text.length;
      if (start >= end) break;
      texts.push(text.slice(Math.max(0, begin - start), end - start));
    }
    const loose = this.first + this.#blocks.length * BLOCK;
    if (to > loose) texts.push(...this.#pieces.slice(Math.max(0, from - loose), to - loose));
    return texts.length === 1 ? (texts[0] ?? '') : texts.join('');
  }
}
