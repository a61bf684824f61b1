/** Okapi BM25 (Robertson and Zaragoza, 2009) with Lucene's idf. k1 and b as Anserini's defaults for passages. */
export const K1 = 0.9;
export const B = 0.75;

/** An entry and how often it has the token, in 32 bits: at most 16 million entries, and a frequency of 255 stands for all above. */
const FREQUENCY_BITS = 8;
const MOST_FREQUENCY = 2 ** FREQUENCY_BITS - 1;
const MOST_ENTRIES = 2 ** (32 - FREQUENCY_BITS);
/** Tokens of a query that are looked up; of a longer one the rarest. */
const MOST_TOKENS = 256;

interface List {
  packed: Uint32Array;
  length: number;
}
/** Most tokens are in one entry alone: those need no list. */
type Postings = number | List;

/** Entries are numbered from 0 in the order in which they are added. */
export class Bm25 {
  #postings = new Map<string, Postings>();
  #lengths = new Uint32Array(1_024);
  #total = 0;
  #scores = new Float32Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(tokens: readonly string[]): number {
    const entry = this.#size;
    if (entry === MOST_ENTRIES) throw new RangeError(`an index holds at most ${MOST_ENTRIES} entries`);
    const counts = new Map<string, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, count] of counts) this.#post(token, entry, Math.min(count, MOST_FREQUENCY));
    if (entry === this.#lengths.length) this.#lengths = grown(this.#lengths);
    this.#lengths[entry] = tokens.length;
    this.#total += tokens.length;
    this.#size += 1;
    return entry;
  }

  /** How much a token tells; also for tokens that nobody has. `prior` entries more are supposed, for very small collections. */
  idf(token: string, prior = 0): number {
    const count = countOf(this.#postings.get(token));
    return Math.log(1 + (this.#size + prior - count + 0.5) / (count + 0.5));
  }

  /** The score of every entry, 0 for those that have none of the tokens. Valid until the next call. */
  scores(tokens: readonly string[]): Float32Array {
    if (this.#scores.length < this.#size) this.#scores = new Float32Array(this.#lengths.length);
    const scores = this.#scores.subarray(0, this.#size).fill(0);
    const average = this.#total / Math.max(1, this.#size);
    for (const [token, times] of this.#asked(tokens)) {
      const weight = this.idf(token) * times * (K1 + 1);
      eachPosting(this.#postings.get(token), (entry, frequency) => {
        const norm = K1 * (1 - B + (B * (this.#lengths[entry] as number)) / average);
        scores[entry] = (scores[entry] as number) + (weight * frequency) / (frequency + norm);
      });
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
    const old = this.#postings;
    this.#postings = new Map();
    for (const [token, postings] of old)
      eachPosting(postings, (entry, frequency) => {
        const number = numbers[entry] as number;
        if (number >= 0) this.#post(token, number, frequency);
      });
    this.#size = size;
    this.#total = total;
  }

  #post(token: string, entry: number, frequency: number): void {
    const posting = entry * (MOST_FREQUENCY + 1) + frequency;
    const postings = this.#postings.get(token);
    if (postings === undefined) this.#postings.set(token, posting);
    else if (typeof postings === 'number')
      this.#postings.set(token, { packed: Uint32Array.of(postings, posting, 0, 0), length: 2 });
    else {
      if (postings.length === postings.packed.length) postings.packed = grown(postings.packed);
      postings.packed[postings.length] = posting;
      postings.length += 1;
    }
  }

  /** Those of the tokens that anybody has, with how often they are asked for. */
  #asked(tokens: readonly string[]): [string, number][] {
    const asked = new Map<string, number>();
    for (const token of tokens) if (this.#postings.has(token)) asked.set(token, (asked.get(token) ?? 0) + 1);
    if (asked.size <= MOST_TOKENS) return [...asked];
    return [...asked].sort(([a], [b]) => this.idf(b) - this.idf(a)).slice(0, MOST_TOKENS);
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

const countOf = (postings: Postings | undefined): number =>
  postings === undefined ? 0 : typeof postings === 'number' ? 1 : postings.length;

function eachPosting(postings: Postings | undefined, visit: (entry: number, frequency: number) => void): void {
  if (postings === undefined) return;
  const { packed, length } = typeof postings === 'number' ? { packed: [postings], length: 1 } : postings;
  for (let index = 0; index < length; index += 1) {
    const posting = packed[index] as number;
    visit(posting >>> FREQUENCY_BITS, posting & MOST_FREQUENCY);
  }
}
