/** Okapi BM25 (Robertson and Zaragoza, 2009) with Lucene's idf, over typed arrays. k1 and b as Anserini's defaults for passages. */
export const K1 = 0.9;
export const B = 0.75;

class Postings {
  entries = new Uint32Array(4);
  frequencies = new Uint16Array(4);
  length = 0;

  add(entry: number, frequency: number): void {
    if (this.length === this.entries.length) {
      this.entries = grown(this.entries, Uint32Array);
      this.frequencies = grown(this.frequencies, Uint16Array);
    }
    this.entries[this.length] = entry;
    this.frequencies[this.length] = Math.min(frequency, 65_535);
    this.length += 1;
  }
}

function grown<T extends Uint32Array | Uint16Array>(array: T, Kind: new (length: number) => T): T {
  const larger = new Kind(array.length * 2);
  larger.set(array);
  return larger;
}

/** Entries are numbered from 0 in the order in which they are added. */
export class Bm25 {
  readonly #postings = new Map<string, Postings>();
  #lengths = new Uint32Array(1_024);
  #total = 0;
  #scores = new Float32Array(0);
  size = 0;

  add(tokens: readonly string[]): number {
    const entry = this.size;
    const counts = new Map<string, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, count] of counts) {
      const postings = this.#postings.get(token) ?? new Postings();
      if (postings.length === 0) this.#postings.set(token, postings);
      postings.add(entry, count);
    }
    if (entry === this.#lengths.length) this.#lengths = grown(this.#lengths, Uint32Array);
    this.#lengths[entry] = tokens.length;
    this.#total += tokens.length;
    this.size += 1;
    return entry;
  }

  /** How much a token tells; also for tokens that nobody has. `prior` entries more are supposed, for very small collections. */
  idf(token: string, prior = 0): number {
    const count = this.#postings.get(token)?.length ?? 0;
    return Math.log(1 + (this.size + prior - count + 0.5) / (count + 0.5));
  }

  /** The score of every entry, 0 for those that have none of the tokens. Valid until the next call. */
  scores(tokens: readonly string[]): Float32Array {
    if (this.#scores.length < this.size) this.#scores = new Float32Array(Math.max(1_024, this.#lengths.length));
    const scores = this.#scores.subarray(0, this.size).fill(0);
    const average = this.#total / Math.max(1, this.size);
    const asked = new Map<string, number>();
    for (const token of tokens) asked.set(token, (asked.get(token) ?? 0) + 1);
    for (const [token, times] of asked) {
      const postings = this.#postings.get(token);
      if (!postings) continue;
      const weight = this.idf(token) * times * (K1 + 1);
      const { entries, frequencies, length } = postings;
      for (let index = 0; index < length; index += 1) {
        const entry = entries[index] as number;
        const frequency = frequencies[index] as number;
        const norm = K1 * (1 - B + (B * (this.#lengths[entry] as number)) / average);
        scores[entry] = (scores[entry] as number) + (weight * frequency) / (frequency + norm);
      }
    }
    return scores;
  }
}
