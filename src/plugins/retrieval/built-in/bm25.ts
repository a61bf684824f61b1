import {
  countIn,
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

/** The part in a file. */
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

/** Word statistics over the entries that a viewer may read. Other entries have no influence. */
export interface Statistics {
  /** Number of these entries that contain each requested token. */
  readonly frequencies: ReadonlyMap<string, number>;
  readonly size: number;
  /** Tokens of an entry, at least 1. */
  readonly averageLength: number;
}

/** Entries are numbered from 0 in the order in which they are added. */
export class Bm25 {
  /** The entries before `#settled`. The others are in `#recent`. */
  #table: PostingsTable = emptyTable();
  #settled = 0;
  #recent = new RecentPostings();
  #lengths: Uint32Array = new Uint32Array(1_024);
  /** Tokens of all entries before each, and of all at the end: what a run has is a difference. */
  #before = new Float64Array(1_025);
  #scores = new Float32Array(0);
  #size = 0;

  static from({ keys, starts, counts, postings, lengths }: Bm25Parts): Bm25 {
    const index = new Bm25();
    // Without what else a file may hold: the table's memory is given back whole.
    index.#table = { keys, starts, counts, postings };
    index.#lengths = lengths;
    index.#size = lengths.length;
    index.#settled = lengths.length;
    index.#before = new Float64Array(lengths.length + 1);
    for (const [entry, length] of lengths.entries())
      index.#before[entry + 1] = (index.#before[entry] as number) + length;
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
    if (entry >= this.#lengths.length) {
      this.#lengths = grown(this.#lengths);
      const before = new Float64Array(this.#lengths.length + 1);
      before.set(this.#before);
      this.#before = before;
    }
    this.#lengths[entry] = tokens.length;
    this.#before[entry + 1] = (this.#before[entry] as number) + tokens.length;
    this.#size += 1;
    if (this.#size - this.#settled > Math.max(FEW_RECENT, this.#settled * MOST_RECENT)) this.#settle(null);
    return entry;
  }

  /** Statistics over the entries in the runs. */
  statistics(tokens: readonly string[], runs: Runs): Statistics {
    const frequencies = new Map<string, number>();
    for (const token of new Set(tokens)) {
      const lists = [find(this.#table, token), this.#recent.find(token)];
      frequencies.set(
        token,
        lists.reduce((sum, list) => sum + countIn(list, runs), 0),
      );
    }
    let total = 0;
    for (const [first, end] of runs) total += (this.#before[end] as number) - (this.#before[first] as number);
    return { frequencies, size: runs.count, averageLength: Math.max(1, total / Math.max(1, runs.count)) };
  }

  /** Entries that have the token. */
  frequency(token: string): number {
    return find(this.#table, token).length + this.#recent.frequency(token);
  }

  /** The inverse document frequency of a token, also of an unknown one. `prior` adds entries, for very small collections. */
  idf(token: string, prior = 0): number {
    return idfOf(this.frequency(token), this.#size + prior);
  }

  /**
   * The score of each entry in the runs, 0 without any of the tokens. Scores outside the runs are undefined. Valid until the next
   * call. `among` gives the rarity of the tokens and must contain all of them.
   */
  scores(tokens: readonly string[], runs: Runs, among = this.statistics(tokens, runs)): Float32Array {
    if (this.#scores.length < this.#size) this.#scores = new Float32Array(Math.max(this.#lengths.length, this.#size));
    const scores = this.#scores.subarray(0, this.#size);
    for (const [first, end] of runs) scores.fill(0, first, end);
    const idf = (token: string) => idfOf(among.frequencies.get(token) ?? 0, among.size);
    for (const [token, times] of this.#asked(tokens, among, idf)) {
      const weight = idf(token) * times * (K1 + 1);
      for (const list of [find(this.#table, token), this.#recent.find(token)])
        for (const [from, to] of placesIn(list, runs))
          this.#addScores(scores, list, from, to, weight, among.averageLength);
    }
    return scores;
  }

  /** Drops the entries that `isKept` refuses. Renumbers the rest in the same order. */
  compact(isKept: (entry: number) => boolean): void {
    const numbers = new Int32Array(this.#size).fill(-1);
    let size = 0;
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (!isKept(entry)) continue;
      numbers[entry] = size;
      this.#lengths[size] = this.#lengths[entry] as number;
      this.#before[size + 1] = (this.#before[size] as number) + (this.#lengths[entry] as number);
      size += 1;
    }
    this.#settle(numbers);
    this.#size = size;
    this.#settled = size;
  }

  /** These entries in this order, for a file. What was answered before must not be read any more: its memory is given back at once. */
  sources(entries: readonly number[]): Record<keyof Bm25Parts, ColumnSource> {
    const former = this.#table;
    this.#settle(null);
    if (this.#table !== former) for (const column of Object.values(former)) column.buffer.transfer(0);
    const lengths = Uint32Array.from(entries, (entry) => this.#lengths[entry] as number);
    return { ...this.#table, postings: renumbered(this.#table, entries), lengths };
  }

  #addScores(
    scores: Float32Array,
    postings: Uint32Array,
    from: number,
    to: number,
    weight: number,
    averageLength: number,
  ): void {
    const lengths = this.#lengths;
    const base = K1 * (1 - B);
    const slope = (K1 * B) / averageLength;
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

  /** The tokens that occur in any entry, with their counts in the query. Of very many, the rarest. */
  #asked(tokens: readonly string[], { frequencies }: Statistics, idf: (token: string) => number): [string, number][] {
    const asked = new Map<string, number>();
    for (const token of tokens) if (frequencies.get(token)) asked.set(token, (asked.get(token) ?? 0) + 1);
    if (asked.size <= MOST_TOKENS) return [...asked];
    return [...asked].sort(([a], [b]) => idf(b) - idf(a)).slice(0, MOST_TOKENS);
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
