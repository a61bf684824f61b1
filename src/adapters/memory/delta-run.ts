/** Deltas whose pieces become one string: a string a token would be most of what a garbage collection marks. */
const BLOCK = 16;
/** UTF-16 code units of a piece that a block can hold. */
const LONGEST = 0xffff;

interface Block {
  readonly text: string;
  /** Where it begins in the text that the deltas belong to. */
  readonly begin: number;
  /** Each delta's length as a code unit: an array would take eight times the memory. */
  readonly lengths: string;
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
  readonly #blocks: Block[] = [];
  /** Those after the blocks: so many are of now, the rest are of an earlier block. */
  readonly #pieces: string[] = [];
  #count = 0;
  #loose: number;

  /** `begin`: UTF-16 code units of the text before the first delta. */
  constructor(type: DeltaRun['type'], first: number, begin: number) {
    this.type = type;
    this.first = first;
    this.end = begin;
    this.#loose = begin;
  }

  /** Position after the latest delta. */
  get next(): number {
    return this.first + this.#blocks.length * BLOCK + this.#count;
  }

  /** False for a piece that is too long to stand beside others, and for any after one. */
  takes(piece: string): boolean {
    return piece.length <= LONGEST && (this.#count === 0 || (this.#pieces[0]?.length ?? 0) <= LONGEST);
  }

  /** The first piece may be of any length. */
  add(piece: string, at: number): void {
    this.at = at;
    this.end += piece.length;
    this.#pieces[this.#count] = piece;
    this.#count += 1;
    if (this.#count < BLOCK) return;
    const lengths = String.fromCharCode(...this.#pieces.map(({ length }) => length));
    this.#blocks.push({ text: this.#pieces.join(''), begin: this.#loose, lengths });
    this.#count = 0;
    this.#loose = this.end;
  }

  /** Where the delta at a position of the log begins in the text; the end of the text for the position after the latest one. */
  offset(position: number): number {
    if (position >= this.next) return this.end;
    const index = position - this.first;
    const block = this.#blocks[Math.floor(index / BLOCK)];
    let offset = block?.begin ?? this.#loose;
    for (let before = 0; before < index % BLOCK; before += 1)
      offset += block?.lengths.charCodeAt(before) ?? this.#pieces[before]?.length ?? 0;
    return offset;
  }

  /** The text of the deltas from one position of the log to another. */
  text(from: number, to: number): string {
    const loose = this.first + this.#blocks.length * BLOCK;
    const pieces = to > loose ? this.#pieces.slice(Math.max(0, from - loose), to - loose) : [];
    if (from < loose) pieces.unshift(...this.#joined(from, Math.min(to, loose)));
    return pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
  }

  /** What the blocks have of it. */
  #joined(from: number, to: number): string[] {
    const [begin, end] = [this.offset(from), this.offset(to)];
    const [first, last] = [from, to - 1].map((position) => Math.floor((position - this.first) / BLOCK));
    return this.#blocks
      .slice(first, (last ?? 0) + 1)
      .map((block) => block.text.slice(Math.max(0, begin - block.begin), end - block.begin));
  }
}
