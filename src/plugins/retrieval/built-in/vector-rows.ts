import { Best } from './best.ts';
import { Candidates } from './candidates.ts';
import { type CodeColumns, CodeRows, estimateError } from './code-rows.ts';
import { GrowingColumn } from './columns.ts';
import { type Kernel, kernelOver } from './kernel.ts';
import { PagedMemory } from './paged-memory.ts';
import { Rotation } from './rotation.ts';
import { Runs } from './runs.ts';
import { type ColumnSource, recordsOf } from './snapshot.ts';

/** What a file holds of it. */
export interface RowsColumns extends CodeColumns {
  /** Int16, `width` bytes a row. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** The row and one at which each entry's rows end. */
  readonly ends: Uint32Array;
}

/** Rows whose products are taken at a time. */
const CHUNK = 2_048;
/** Most dimensions; the query lies first, then a list of rows, their products, and the rows. */
const MOST_DIMENSIONS = 8_192;
const LIST = MOST_DIMENSIONS * 2;
const PRODUCTS = LIST + CHUNK * 4;
const ROWS = PRODUCTS + CHUNK * 4;
/** No number of a unit vector is over 1; and no product of two, over any of their dimensions, so sums stay within int32. */
const SCALE = 32_767;

/** So many rows or fewer are weighed at once, without a look at their codes. */
const FEW_ROWS = 1_000;
/** Standard deviations by which an estimate may be too low: one of a thousand of those that are just near enough is missed. */
const MARGIN = 3;

export interface Near {
  readonly entry: number;
  readonly cosine: number;
}

/**
 * Unit vectors, one or several an entry. For each query all that may be found is looked at by 2 bits a dimension; what may be near by
 * them is then weighed by 16 bits a dimension, which is all but exact.
 */
export class VectorRows {
  readonly dimensions: number;
  readonly #width: number;
  readonly #rotation: Rotation;
  readonly #codes: CodeRows;
  readonly #memory: PagedMemory;
  readonly #kernel: Kernel;
  readonly #ends: GrowingColumn<Uint32Array>;
  readonly #candidates = new Candidates();

  constructor(dimensions: number, parts?: RowsColumns) {
    if (dimensions > MOST_DIMENSIONS) throw new RangeError(`vectors have at most ${MOST_DIMENSIONS} dimensions`);
    this.dimensions = dimensions;
    this.#width = Math.ceil(dimensions / 8) * 16;
    this.#rotation = new Rotation(dimensions);
    this.#codes = new CodeRows(dimensions, parts);
    this.#ends = new GrowingColumn(Uint32Array, parts?.ends);
    this.#memory = new PagedMemory(ROWS);
    this.#kernel = kernelOver(this.#memory.memory);
    if (parts) this.#memory.take(parts.rows, ROWS);
  }

  /** Entries. */
  get size(): number {
    return this.#ends.length;
  }

  /** The next entry. Throws a RangeError where a vector has other dimensions; nothing is added then. */
  add(vectors: readonly Float32Array[]): void {
    for (const vector of vectors) this.#expectDimensions('a vector', vector);
    for (const vector of vectors) this.#push(this.#rotation.turned(vector));
    this.#ends.push(this.#codes.size);
  }

  /** The entries of these runs whose nearest vector is nearest to the query's, best first; the earlier first among equals. */
  nearest(query: Float32Array, count: number, runs: Runs): Near[] {
    this.#expectDimensions('a query', query);
    const turned = this.#rotation.turned(query);
    this.#write(turned, 0);
    this.#candidates.clear();
    if (this.#rowsIn(runs) > FEW_ROWS) this.#findCandidates(turned, count, runs);
    else this.#takeAll(runs);
    return this.#weigh(count)
      .sorted()
      .map(({ item, score }) => ({ entry: item, cosine: score }));
  }

  /** These entries alone, in their order; rising. */
  keep(entries: readonly number[]): void {
    const bytes = new Uint8Array(this.#memory.buffer, ROWS);
    const rows = new Runs();
    const ends = entries.map((entry) => {
      for (let row = this.#start(entry); row < this.#start(entry + 1); row += 1) {
        bytes.copyWithin(rows.count * this.#width, row * this.#width, (row + 1) * this.#width);
        rows.add(row);
      }
      return rows.count;
    });
    this.#codes.keep(rows.entries());
    this.#ends.keep(entries);
    this.#ends.values.set(ends);
  }

  /** These entries in this order, for a file; others may come meanwhile. */
  sources(entries: readonly number[]): Record<keyof RowsColumns, ColumnSource> {
    const kept = new Runs();
    const ends = Uint32Array.from(entries, (entry) => {
      for (let row = this.#start(entry); row < this.#ends.at(entry); row += 1) kept.add(row);
      return kept.count;
    });
    const list = kept.entries();
    const rows = recordsOf(this.#width, list.length, (place, bytes, at) => {
      const start = ROWS + (list[place] as number) * this.#width;
      bytes.set(new Uint8Array(this.#memory.buffer, start, this.#width), at);
    });
    return { ...this.#codes.sources(list), rows, ends };
  }

  #takeAll(runs: Runs): void {
    for (const [first, end] of runs)
      for (let entry = first, row = this.#start(first); entry < end; entry += 1)
        for (const last = this.#ends.at(entry); row < last; row += 1) this.#candidates.push(row, entry, 1);
  }

  /**
   * The rows whose estimates reach what they must so that they may be among the nearest: what the last of the best estimates is, less
   * what one of those may be too low.
   */
  #findCandidates(query: Float32Array, count: number, runs: Runs): void {
    const scan = this.#codes.scan(query);
    const margin = MARGIN * estimateError(this.dimensions);
    const best = new Best(count);
    let owner = -1;
    let nearest = Number.NEGATIVE_INFINITY;
    for (const [first, end] of runs) {
      let entry = first;
      scan(
        this.#start(first),
        this.#start(end),
        () => best.least - margin,
        (row, estimate) => {
          while (this.#ends.at(entry) <= row) entry += 1;
          this.#candidates.push(row, entry, estimate);
          if (entry !== owner) {
            best.offer(owner, nearest);
            owner = entry;
            nearest = estimate;
          } else nearest = Math.max(nearest, estimate);
        },
      );
    }
    best.offer(owner, nearest);
    this.#candidates.narrow(best.least - margin);
  }

  /** The best entries by the candidates' cosines. */
  #weigh(count: number): Best {
    const { rows, entries } = this.#candidates;
    const best = new Best(count);
    const products = new Int32Array(this.#memory.buffer, PRODUCTS, CHUNK);
    let owner = -1;
    let nearest = Number.NEGATIVE_INFINITY;
    for (let start = 0; start < rows.length; start += CHUNK) {
      const list = rows.subarray(start, start + CHUNK);
      new Uint32Array(this.#memory.buffer, LIST, CHUNK).set(list);
      this.#kernel.products(0, ROWS, LIST, list.length, this.#width, PRODUCTS);
      for (let place = 0; place < list.length; place += 1) {
        const entry = entries[start + place] as number;
        const cosine = (products[place] as number) / SCALE ** 2;
        if (entry !== owner) {
          best.offer(owner, nearest);
          owner = entry;
          nearest = cosine;
        } else nearest = Math.max(nearest, cosine);
      }
    }
    best.offer(owner, nearest);
    return best;
  }

  #push(vector: Float32Array): void {
    const start = ROWS + this.#codes.size * this.#width;
    this.#memory.reserve(start + this.#width);
    this.#write(vector, start);
    this.#codes.push(vector);
  }

  /** As a row at the address. */
  #write(vector: Float32Array, start: number): void {
    const row = new Int16Array(this.#memory.buffer, start, this.#width / 2).fill(0);
    for (let place = 0; place < vector.length; place += 1)
      row[place] = Math.round(Math.max(-1, Math.min(1, vector[place] as number)) * SCALE);
  }

  /** The first row of the entry. */
  #start(entry: number): number {
    return entry === 0 ? 0 : (this.#ends.at(entry - 1) as number);
  }

  #rowsIn(runs: Runs): number {
    let rows = 0;
    for (const [first, last] of runs) rows += this.#start(last) - this.#start(first);
    return rows;
  }

  #expectDimensions(what: string, { length }: Float32Array): void {
    if (length !== this.dimensions)
      throw new RangeError(`${what} of ${length} dimensions in an index of ${this.dimensions}`);
  }
}
