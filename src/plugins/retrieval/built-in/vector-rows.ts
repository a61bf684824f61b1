import { type Best, BestByRows } from './best.ts';
import { Candidates } from './candidates.ts';
import { type CodeColumns, CodeRows, estimateError } from './code-rows.ts';
import { GrowingColumn } from './columns.ts';
import { type Bits, MOST_LISTED, type NumberColumns, NumberRows } from './number-rows.ts';
import { Rotation } from './rotation.ts';
import { Runs } from './runs.ts';
import type { ColumnSource } from './snapshot.ts';

/** The part in a file. */
export interface RowsColumns extends CodeColumns, NumberColumns {
  /** The row and one at which each entry's rows end. */
  readonly ends: Uint32Array;
}

export const ROWS_COLUMNS = {
  codes: 'bytes',
  scales: 'floats',
  rows: 'bytes',
  units: 'floats',
  ends: 'numbers',
} as const;

/** Up to this many rows are compared in full, without their codes. */
const FEW_ROWS = 1_000;
/** Standard deviations by which an estimate may be too low: of those that are just near enough one of a thousand is missed.. */
const MARGIN = 3;
/** … but only one in this many of the first ones. Of the others, two in a hundred may be, which halves the comparisons. */
const FIRST = 20;
const MARGIN_OF_OTHERS = 2;

export interface Near {
  readonly entry: number;
  readonly cosine: number;
}

/**
 * Unit vectors, one or several an entry. For each query all that may be found is looked at by 2 bits a dimension; what may be near by
 * them is then weighed by 8 or 16.
 */
export class VectorRows {
  readonly dimensions: number;
  readonly #rotation: Rotation;
  readonly #codes: CodeRows;
  readonly #numbers: NumberRows;
  readonly #ends: GrowingColumn<Uint32Array>;
  readonly #candidates = new Candidates();
  readonly #cosines = new Float64Array(MOST_LISTED);

  constructor(dimensions: number, bits: Bits, parts?: RowsColumns) {
    this.dimensions = dimensions;
    this.#numbers = new NumberRows(dimensions, bits, parts);
    this.#rotation = new Rotation(dimensions);
    this.#codes = new CodeRows(dimensions, parts);
    this.#ends = new GrowingColumn(Uint32Array, parts?.ends);
  }

  /** Entries. */
  get size(): number {
    return this.#ends.length;
  }

  /** The next entry. Throws a RangeError where a vector has other dimensions; nothing is added then. */
  add(vectors: readonly Float32Array[]): void {
    for (const vector of vectors) this.#expectDimensions('a vector', vector);
    for (const vector of vectors) {
      const turned = this.#rotation.turned(vector);
      this.#numbers.push(turned);
      this.#codes.push(turned);
    }
    this.#ends.push(this.#codes.size);
  }

  /** The entries of these runs whose nearest vector is nearest to the query's, best first; the earlier first among equals. */
  nearest(query: Float32Array, count: number, runs: Runs): Near[] {
    this.#expectDimensions('a query', query);
    const turned = this.#rotation.turned(query);
    this.#candidates.clear();
    if (this.#rowsIn(runs) > FEW_ROWS) this.#findCandidates(turned, count, runs);
    else this.#takeAll(runs);
    return this.#weigh(turned, count)
      .sorted()
      .map(({ item, score }) => ({ entry: item, cosine: score }));
  }

  /** These entries alone, in their order; rising. */
  keep(entries: readonly number[]): void {
    const { rows, ends } = this.#rowsOf(entries);
    this.#numbers.keep(rows);
    this.#codes.keep(rows);
    this.#ends.keep(entries);
    this.#ends.values.set(ends);
  }

  /** These entries in this order, for a file; others may come meanwhile. */
  sources(entries: readonly number[]): Record<keyof RowsColumns, ColumnSource> {
    const { rows, ends } = this.#rowsOf(entries);
    return { ...this.#codes.sources(rows), ...this.#numbers.sources(rows), ends };
  }

  #rowsOf(entries: readonly number[]): { readonly rows: Uint32Array; readonly ends: Uint32Array } {
    const runs = new Runs();
    const ends = Uint32Array.from(entries, (entry) => {
      for (let row = this.#start(entry); row < this.#ends.at(entry); row += 1) runs.add(row);
      return runs.count;
    });
    return { rows: runs.entries(), ends };
  }

  #takeAll(runs: Runs): void {
    for (const [first, end] of runs)
      for (let entry = first, row = this.#start(first); entry < end; entry += 1)
        for (const last = this.#ends.at(entry); row < last; row += 1) this.#candidates.push(row, entry, 1);
  }

  /**
   * The rows whose estimates reach what they must so that they may be among the nearest: what the last of the best estimates is, less
   * what one may be too low.
   */
  #findCandidates(query: Float32Array, count: number, runs: Runs): void {
    const scan = this.#codes.scan(query);
    const error = estimateError(this.dimensions);
    const [first, all] = [new BestByRows(Math.min(FIRST, count)), new BestByRows(count)];
    const least = () => Math.min(first.least - MARGIN * error, all.least - MARGIN_OF_OTHERS * error);
    for (const [start, end] of runs) {
      let entry = start;
      scan(this.#start(start), this.#start(end), least, (row, estimate) => {
        while (this.#ends.at(entry) <= row) entry += 1;
        this.#candidates.push(row, entry, estimate);
        first.offer(entry, estimate);
        all.offer(entry, estimate);
      });
    }
    this.#candidates.narrow(least());
  }

  /** The best entries by the candidates' cosines. */
  #weigh(query: Float32Array, count: number): Best {
    const { rows, entries } = this.#candidates;
    const weigh = this.#numbers.weigher(query);
    const best = new BestByRows(count);
    for (let start = 0; start < rows.length; start += MOST_LISTED) {
      const list = rows.subarray(start, start + MOST_LISTED);
      weigh(list, this.#cosines);
      for (let place = 0; place < list.length; place += 1)
        best.offer(entries[start + place] as number, this.#cosines[place] as number);
    }
    return best.done();
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
