import {
  emptyTable,
  entryOf,
  find,
  frequencyOf,
  MOST_ENTRIES,
  merge,
  type PostingsTable,
  packed,
  placesIn,
  renumbered,
} from './postings.ts';
import { RecentPostings } from './recent-postings.ts';
import type { Runs } from './runs.ts';
import type { ColumnSource } from './snapshot.ts';

/** Okapi BM25 (Robertson and Zaragoza, 2009) with idf, k1 and b as Lucene has them. */
export const K1 = 1.2;
export const B = 0.75;

/** Tokens of a query that are looked up; of a longer one the rarest. */
export const MOST_TOKENS = 256;
/** Recent entries are moved into the flat table with each file that is written, else when they are more than this share of it.. */
const MOST_RECENT = 0.4;
/** ..and more than these. */
const FEW_RECENT = 5_000;

/** What a file holds of it. */
export interface Bm25Parts extends PostingsTable {
  /** Tokens of each entry. */
  readonly lengths: Uint32Array;
}

export const BM25_COLUMNS = {
  keys: 'numbers',
  starts: 'numbers',
  counts: 'numbers',
  postings: 'numbers',
  lengths: 'numbers',
} as const satisfies Record<keyof Bm25Parts, string>;

/** Entries are numbered from 0 in the order in which they are added. */
export class Bm25 {
  /** Of the entries before `#settled`; the others' are in `#recent`. */
  #table: PostingsTable = emptyTable();
  #settled = 0;
  #recent = new RecentPostings();
  #lengths: Uint32Array = new Uint32Array(1_024);
  #total = 0;
  #scores = new Float32Array(0);
  #size = 0;

  static from({ keys, starts, counts, postings, lengths }: Bm25Parts): Bm25 {
    const index = new Bm25();
    // Without what else a file may hold: the table's memory is given back whole.
    index.#table = { keys, starts, counts, postings };
    index.#lengths = lengths;
    index.#size = lengths.length;
    index.#settled = lengths.length;
    for (const length of lengths) index.#total += length;
    return index;
  }

  get size(): number {
    return this.#size;
  }

  add(tokens: readonly string[]): number {
    const entry = this.#size;
    if (entry === MOST_ENTRIES) throw new RangeError(`an index holds at most ${MOST_ENTRIES} entries`);
    const counts = new Map<string, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, count] of counts) this.#recent.post(token, packed(entry, count));
    if (entry >= this.#lengths.length) this.#lengths = grown(this.#lengths);
    this.#lengths[entry] = tokens.length;
    this.#total += tokens.length;
    this.#size += 1;
    if (this.#size - this.#settled > Math.max(FEW_RECENT, this.#settled * MOST_RECENT)) this.#settle(null);
    return entry;
  }

  /** Entries that have the token. */
  frequency(token: string): number {
    return find(this.#table, token).length + this.#recent.frequency(token);
  }

  /** How much a token tells; also for tokens that nobody has. `prior` entries more are supposed, for very small collections. */
  idf(token: string, prior = 0): number {
    return idfOf(this.frequency(token), this.#size + prior);
  }

  /** The score of each entry of the runs, 0 for those that have none of the tokens; those of others say nothing. Valid until the next call. */
  scores(tokens: readonly string[], runs: Runs): Float32Array {
    if (this.#scores.length < this.#size) this.#scores = new Float32Array(Math.max(this.#lengths.length, this.#size));
    const scores = this.#scores.subarray(0, this.#size);
    for (const [first, end] of runs) scores.fill(0, first, end);
    for (const [token, times] of this.#asked(tokens)) {
      const weight = this.idf(token) * times * (K1 + 1);
      for (const list of [find(this.#table, token), this.#recent.find(token)])
        for (const [from, to] of placesIn(list, runs)) this.#addScores(scores, list, from, to, weight);
    }
    return scores;
  }

  /** Drops what `isKept` refuses; the rest is numbered anew, in the same order. */
  compact(isKept: (entry: number) => boolean): void {
    const numbers = new Int32Array(this.#size).fill(-1);
    let size = 0;
    let total = 0;
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (!isKept(entry)) continue;
      numbers[entry] = size;
      this.#lengths[size] = this.#lengths[entry] as number;
      total += this.#lengths[entry] as number;
      size += 1;
    }
    this.#settle(numbers);
    this.#size = size;
    this.#settled = size;
    this.#total = total;
  }

  /** These entries in this order, for a file. What was answered before must not be read any more: its memory is given back at once. */
  sources(entries: readonly number[]): Record<keyof Bm25Parts, ColumnSource> {
    const former = this.#table;
    this.#settle(null);
    if (this.#table !== former) for (const column of Object.values(former)) column.buffer.transfer(0);
    const lengths = Uint32Array.from(entries, (entry) => this.#lengths[entry] as number);
    return { ...this.#table, postings: renumbered(this.#table, entries), lengths };
  }

  #addScores(scores: Float32Array, postings: Uint32Array, from: number, to: number, weight: number): void {
    const lengths = this.#lengths;
    const base = K1 * (1 - B);
    const slope = (K1 * B * Math.max(1, this.#size)) / Math.max(1, this.#total);
    for (let place = from; place < to; place += 1) {
      const posting = postings[place] as number;
      const entry = entryOf(posting);
      const frequency = frequencyOf(posting);
      const norm = base + slope * (lengths[entry] as number);
      scores[entry] = (scores[entry] as number) + (weight * frequency) / (frequency + norm);
    }
  }

  #settle(numbers: Int32Array | null): void {
    if (this.#recent.size > 0 || numbers !== null) this.#table = merge(this.#table, this.#recent, numbers);
    this.#recent = new RecentPostings();
    this.#settled = this.#size;
  }

  /** Those of the tokens that anybody has, with how often they are asked for. */
  #asked(tokens: readonly string[]): [string, number][] {
    const asked = new Map<string, number>();
    for (const token of tokens) if (this.frequency(token) > 0) asked.set(token, (asked.get(token) ?? 0) + 1);
    if (asked.size <= MOST_TOKENS) return [...asked];
    return [...asked].sort(([a], [b]) => this.idf(b) - this.idf(a)).slice(0, MOST_TOKENS);
  }
}

/** Lucene's: never negative. */
export const idfOf = (frequency: number, size: number): number =>
  Math.log(1 + (size - frequency + 0.5) / (frequency + 0.5));

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(1_024, array.length * 2));
  larger.set(array);
  return larger;
}
