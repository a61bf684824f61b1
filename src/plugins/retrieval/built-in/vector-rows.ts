import { Best } from './best.ts';
import { type CodeColumns, CodeRows, estimateError } from './code-rows.ts';
import { GrowingColumn } from './columns.ts';
import { type Kernel, kernelOver } from './kernel.ts';
import { PagedMemory } from './paged-memory.ts';
import { Rotation } from './rotation.ts';
import { Runs } from './runs.ts';
import type { ColumnSource } from './snapshot.ts';

/** What a file holds of it. */
export interface RowsColumns extends CodeColumns {
  /** Int16, `width` bytes a row. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** The row and one at which each entry's rows end. */
  readonly ends: Uint32Array;
}
/** And which of the entries are taken from it, in which order. */
export type RowsParts = RowsColumns & { readonly order: readonly number[] };

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
  #estimates = new Float32Array(0);
  readonly #owners = new Int32Array(CHUNK);

  constructor(dimensions: number, parts?: RowsParts) {
    if (dimensions > MOST_DIMENSIONS) throw new RangeError(`vectors have at most ${MOST_DIMENSIONS} dimensions`);
    this.dimensions = dimensions;
    this.#width = Math.ceil(dimensions / 8) * 16;
    this.#rotation = new Rotation(dimensions);
    this.#codes = new CodeRows(dimensions);
    this.#ends = new GrowingColumn(Uint32Array);
    this.#memory = new PagedMemory(ROWS);
    this.#kernel = kernelOver(this.#memory.memory);
    if (parts) this.#take(parts);
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
    const estimated = this.#rowsIn(runs) > FEW_ROWS;
    const least = estimated ? this.#estimate(turned, count, runs) : Number.NEGATIVE_INFINITY;
    return this.#weigh(runs, count, least)
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

  /** For a file. Rows that come later lie behind. */
  sources(): Record<keyof RowsColumns, ColumnSource> {
    return {
      ...this.#codes.sources(),
      rows: { length: this.#codes.size * this.#width, read: () => new Uint8Array(this.#memory.buffer, ROWS) },
      ends: this.#ends.copy(),
    };
  }

  /**
   * Estimates the cosines of all rows of the runs. Answers what an estimate must reach so that its row may be among the nearest: what
   * the last of the best estimates is, less what one of those may be too low.
   */
  #estimate(query: Float32Array, count: number, runs: Runs): number {
    if (this.#estimates.length < this.#codes.size)
      this.#estimates = new Float32Array(Math.ceil(this.#codes.size * 1.25));
    const estimates = this.#estimates;
    const estimate = this.#codes.estimator(query);
    const best = new Best(count);
    for (const [first, end] of runs) {
      let row = this.#start(first);
      estimate(row, this.#start(end), estimates);
      for (let entry = first; entry < end; entry += 1) {
        let nearest = Number.NEGATIVE_INFINITY;
        for (const last = this.#ends.at(entry); row < last; row += 1)
          nearest = Math.max(nearest, estimates[row] as number);
        best.offer(entry, nearest);
      }
    }
    return best.full ? best.least - MARGIN * estimateError(this.dimensions) : Number.NEGATIVE_INFINITY;
  }

  /** Weighs the rows of the runs whose estimates reach `least`; with -Infinity all of them, which need no estimates then. */
  #weigh(runs: Runs, count: number, least: number): Best {
    const estimates = least === Number.NEGATIVE_INFINITY ? null : this.#estimates;
    const best = new Best(count);
    const list = new Uint32Array(this.#memory.buffer, LIST, CHUNK);
    const products = new Int32Array(this.#memory.buffer, PRODUCTS, CHUNK);
    const owners = this.#owners;
    let filled = 0;
    let owner = -1;
    let nearest = Number.NEGATIVE_INFINITY;
    const weigh = () => {
      this.#kernel.products(0, ROWS, LIST, filled, this.#width, PRODUCTS);
      for (let place = 0; place < filled; place += 1) {
        if (owners[place] !== owner) {
          if (owner >= 0) best.offer(owner, nearest / SCALE ** 2);
          owner = owners[place] as number;
          nearest = Number.NEGATIVE_INFINITY;
        }
        nearest = Math.max(nearest, products[place] as number);
      }
      filled = 0;
    };
    for (const [first, end] of runs)
      for (let entry = first, row = this.#start(first); entry < end; entry += 1)
        for (const last = this.#ends.at(entry); row < last; row += 1) {
          if (estimates !== null && (estimates[row] as number) < least) continue;
          list[filled] = row;
          owners[filled] = entry;
          filled += 1;
          if (filled === CHUNK) weigh();
        }
    weigh();
    if (owner >= 0) best.offer(owner, nearest / SCALE ** 2);
    return best;
  }

  #take({ rows, ends, order, ...codes }: RowsParts): void {
    const kept = new Runs();
    for (const entry of order) {
      for (let row = entry === 0 ? 0 : (ends[entry - 1] as number); row < (ends[entry] as number); row += 1)
        kept.add(row);
      this.#ends.push(kept.count);
    }
    this.#codes.take(codes, kept.entries());
    this.#memory.take(rows, ROWS, this.#width, kept);
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
