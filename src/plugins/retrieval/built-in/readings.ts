import type { Reading } from '../analysis.ts';
import { GrowingColumn, PagedColumn } from './columns.ts';
import { type ColumnSource, partsOf } from './snapshot.ts';

/** What a file holds of it. */
export interface ReadingParts {
  /** Of all passages, one after the other, 32 bits each: their titles' and then their sentences'. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /** Three numbers a sentence: where it starts, where it ends, and where its tokens end in `hashes`. */
  readonly spans: Uint32Array;
  /** Where each entry's sentences end in `spans`, in sentences. The first of an entry is its title. */
  readonly sentenceEnds: Uint32Array;
}

const NUMBERS = 3;

/** What the second stage reads of each entry, made when it is indexed, so that a search need not cut texts into tokens. */
export class Readings {
  readonly #hashes: PagedColumn;
  readonly #spans: GrowingColumn<Uint32Array>;
  readonly #ends: GrowingColumn<Uint32Array>;

  constructor(parts?: ReadingParts) {
    this.#hashes = new PagedColumn(parts?.hashes);
    this.#spans = new GrowingColumn(Uint32Array, parts?.spans);
    this.#ends = new GrowingColumn(Uint32Array, parts?.sentenceEnds);
  }

  push({ title, sentences }: Omit<Reading, 'text'>): void {
    for (const { start, end, tokens } of [{ start: 0, end: 0, tokens: title }, ...sentences]) {
      this.#hashes.push(tokens);
      this.#spans.push(start);
      this.#spans.push(end);
      this.#spans.push(this.#hashes.length);
    }
    this.#ends.push(this.#spans.length / NUMBERS);
  }

  /** The entry's tokens are views of the column: valid until the next `push`. */
  get(entry: number, text: string): Reading {
    const [title, ...sentences] = this.#sentences(entry);
    return { text, title: (title as Reading['sentences'][number]).tokens, sentences };
  }

  /** These entries alone, in their order; rising. */
  keep(entries: readonly number[]): void {
    this.#hashes.clear();
    this.#spans.clear();
    this.#ends.clear();
    // What is pushed lies before what is still to be read, or at its own place.
    for (const entry of entries) {
      const [title, ...sentences] = this.#sentences(entry);
      this.push({ title: (title as Reading['sentences'][number]).tokens, sentences });
    }
  }

  /** These entries in this order, for a file; others may come meanwhile. */
  sources(entries: readonly number[]): Record<keyof ReadingParts, ColumnSource> {
    const [spans, sentenceEnds] = [new GrowingColumn(Uint32Array), new GrowingColumn(Uint32Array)];
    let used = 0;
    const ends = Uint32Array.from(entries, (entry) => {
      const [start, end] = this.#hashesOf(entry);
      for (let at = this.#firstSentence(entry) * NUMBERS; at < this.#ends.at(entry) * NUMBERS; at += NUMBERS) {
        spans.push(this.#spans.at(at));
        spans.push(this.#spans.at(at + 1));
        spans.push(used + this.#spans.at(at + 2) - start);
      }
      sentenceEnds.push(spans.length / NUMBERS);
      used += end - start;
      return used * Uint32Array.BYTES_PER_ELEMENT;
    });
    const hashes = partsOf(ends, (place) => {
      const [start, end] = this.#hashesOf(entries[place] as number);
      return this.#hashes.bytes(start, end);
    });
    return { hashes, spans: spans.values, sentenceEnds: sentenceEnds.values };
  }

  /** Where the entry's tokens start in `hashes`, and where they end. */
  #hashesOf(entry: number): [start: number, end: number] {
    const [first, end] = [this.#firstSentence(entry), this.#ends.at(entry)];
    return [first === 0 ? 0 : this.#spans.at(first * NUMBERS - 1), this.#spans.at(end * NUMBERS - 1)];
  }

  #firstSentence(entry: number): number {
    return entry === 0 ? 0 : this.#ends.at(entry - 1);
  }

  #sentences(entry: number): Reading['sentences'] {
    const spans = this.#spans;
    const first = this.#firstSentence(entry);
    const count = this.#ends.at(entry) - first;
    return Array.from({ length: count }, (_, place) => {
      const at = (first + place) * NUMBERS;
      const from = at === 0 ? 0 : spans.at(at - 1);
      const to = spans.at(at + 2);
      return { start: spans.at(at), end: spans.at(at + 1), tokens: this.#hashes.part(from, to) };
    });
  }
}
