import { GrowingColumn } from './columns.ts';
import { type Dot, dotOver } from './dot.ts';
import type { ColumnSource } from './snapshot.ts';

/** What a file holds of it. */
export interface RowsParts {
  /** Int8, `width` bytes a row. */
  readonly rows: Uint8Array;
  /** What rounding to those left over, in 1/254ths, int8 too. */
  readonly residuals: Uint8Array;
  /** What each row's bytes are to be multiplied with. */
  readonly scales: Float32Array;
  /** The entry that each row belongs to, rising. */
  readonly owners: Uint32Array;
}

const PAGE = 65_536;
/** Rows whose products are taken at a time. */
const CHUNK = 2_048;
/** Most dimensions; the query lies before the products, the rows behind them. */
const MOST_DIMENSIONS = 8_192;
const PRODUCTS = MOST_DIMENSIONS * 2;
const ROWS = PRODUCTS + CHUNK * 4;
/** int16, so that a sum of products stays within int32 up to 8,192 dimensions: 127 * 2,047 * 8,192 < 2^31. */
const QUERY_SCALE = 2_047;

/** Found by their rounded vectors and then weighed exactly: so many more than asked for. */
const SPARE = 50;
const RESIDUAL = 254;

export interface Near {
  readonly entry: number;
  readonly cosine: number;
}

/**
 * Unit vectors, one or several an entry. All of them are looked at for each query, as int8; the nearest are then weighed by 16
 * bits, which misses nothing that the vectors themselves would find but by a hair.
 */
export class VectorRows {
  readonly dimensions: number;
  readonly #width: number;
  readonly #memory: WebAssembly.Memory;
  readonly #dot: Dot;
  readonly #scales: GrowingColumn<Float32Array>;
  readonly #owners: GrowingColumn<Uint32Array>;
  #residuals: Int8Array;

  constructor(dimensions: number, parts?: RowsParts) {
    if (dimensions > MOST_DIMENSIONS) throw new RangeError(`vectors have at most ${MOST_DIMENSIONS} dimensions`);
    this.dimensions = dimensions;
    this.#width = Math.ceil(dimensions / 16) * 16;
    this.#scales = new GrowingColumn(Float32Array, parts?.scales);
    this.#owners = new GrowingColumn(Uint32Array, parts?.owners);
    const bytes = ROWS + (parts?.rows.length ?? 0);
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: PAGE });
    this.#dot = dotOver(this.#memory);
    const { buffer, byteOffset, length } = parts?.residuals ?? new Uint8Array(0);
    this.#residuals = new Int8Array(buffer, byteOffset, length);
    if (parts) new Uint8Array(this.#memory.buffer, ROWS).set(parts.rows);
  }

  /** Rows. */
  get size(): number {
    return this.#owners.length;
  }

  /** Entries come in rising order. Throws a RangeError where the vector has other dimensions. */
  push(entry: number, vector: Float32Array): void {
    if (vector.length !== this.dimensions)
      throw new RangeError(`a vector of ${vector.length} dimensions in an index of ${this.dimensions}`);
    const start = ROWS + this.size * this.#width;
    const missing = start + this.#width - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(Math.max(missing, this.size * this.#width * 0.25) / PAGE));
    const row = new Int8Array(this.#memory.buffer, start, this.#width).fill(0);
    const residual = this.#residualRow(this.size);
    const largest = largestOf(vector) || 1;
    for (let place = 0; place < vector.length; place += 1) {
      const scaled = ((vector[place] as number) / largest) * 127;
      const rounded = Math.round(scaled);
      row[place] = rounded;
      residual[place] = Math.round((scaled - rounded) * RESIDUAL);
    }
    this.#scales.push(largest / 127);
    this.#owners.push(entry);
  }

  /** The entries that are allowed whose nearest vector is nearest to the query's, best first; the earlier first among equals. */
  nearest(query: Float32Array, count: number, allowed: (entry: number) => boolean): Near[] {
    if (query.length !== this.dimensions)
      throw new RangeError(`a query of ${query.length} dimensions in an index of ${this.dimensions}`);
    const rows = this.#nearestRows(query, count + SPARE, allowed);
    const best = new Map<number, number>();
    for (const row of rows) {
      const entry = this.#owners.values[row] as number;
      best.set(entry, Math.max(best.get(entry) ?? -1, this.#cosine(row, query)));
    }
    return Array.from(best, ([entry, cosine]) => ({ entry, cosine }))
      .sort((a, b) => b.cosine - a.cosine || a.entry - b.entry)
      .slice(0, count);
  }

  /** One row an entry, the nearest of it. Only rows that are allowed are looked at: what others own costs nothing. */
  #nearestRows(query: Float32Array, count: number, allowed: (entry: number) => boolean): number[] {
    this.#setQuery(query);
    const best = new BestRows(count);
    const owners = this.#owners.values;
    let start = -1;
    for (let row = 0; row < owners.length; row += 1) {
      const isAllowed = allowed(owners[row] as number);
      if (start >= 0 && (!isAllowed || row - start === CHUNK)) {
        this.#scan(start, row - start, best);
        start = -1;
      }
      if (isAllowed && start < 0) start = row;
    }
    if (start >= 0) this.#scan(start, owners.length - start, best);
    return best.rows;
  }

  #scan(start: number, count: number, best: BestRows): void {
    const scales = this.#scales.values;
    const owners = this.#owners.values;
    this.#dot(0, ROWS + start * this.#width, count, this.#width, PRODUCTS);
    const products = new Int32Array(this.#memory.buffer, PRODUCTS, count);
    for (let place = 0; place < count; place += 1) {
      const score = (products[place] as number) * (scales[start + place] as number);
      if (score > best.least) best.offer(start + place, owners[start + place] as number, score);
    }
  }

  #setQuery(query: Float32Array): void {
    const largest = largestOf(query) || 1;
    const asked = new Int16Array(this.#memory.buffer, 0, this.#width).fill(0);
    for (let place = 0; place < query.length; place += 1)
      asked[place] = Math.round(((query[place] as number) / largest) * QUERY_SCALE);
  }

  #cosine(row: number, query: Float32Array): number {
    const rounded = new Int8Array(this.#memory.buffer, ROWS + row * this.#width, this.#width);
    const residual = this.#residuals.subarray(row * this.#width, (row + 1) * this.#width);
    let sum = 0;
    for (let place = 0; place < query.length; place += 1)
      sum += (query[place] as number) * ((rounded[place] as number) + (residual[place] as number) / RESIDUAL);
    return sum * (this.#scales.values[row] as number);
  }

  #residualRow(row: number): Int8Array {
    const end = (row + 1) * this.#width;
    if (end > this.#residuals.length) {
      const larger = new Int8Array(Math.max(1 << 16, Math.ceil(end * 1.25)));
      larger.set(this.#residuals);
      this.#residuals = larger;
    }
    return this.#residuals.subarray(end - this.#width, end).fill(0);
  }

  /** The rows of entries that have a new number alone; `numbers` gives it, or -1. */
  compact(numbers: Int32Array): void {
    const bytes = new Uint8Array(this.#memory.buffer, ROWS);
    const owners = this.#owners.values;
    const kept: number[] = [];
    for (let row = 0; row < owners.length; row += 1) {
      const number = numbers[owners[row] as number] as number;
      if (number < 0) continue;
      bytes.copyWithin(kept.length * this.#width, row * this.#width, (row + 1) * this.#width);
      this.#residuals.copyWithin(kept.length * this.#width, row * this.#width, (row + 1) * this.#width);
      owners[row] = number;
      kept.push(row);
    }
    this.#owners.keep(kept);
    this.#scales.keep(kept);
  }

  /** For a file. Rows that come later lie behind. */
  sources(): Record<keyof RowsParts, ColumnSource> {
    const length = this.size * this.#width;
    return {
      rows: { length, read: () => new Uint8Array(this.#memory.buffer, ROWS) },
      residuals: {
        length,
        read: () => new Uint8Array(this.#residuals.buffer, this.#residuals.byteOffset, this.#residuals.length),
      },
      scales: this.#scales.copy(),
      owners: this.#owners.copy(),
    };
  }
}

function largestOf(vector: Float32Array): number {
  let largest = 0;
  for (let place = 0; place < vector.length; place += 1) largest = Math.max(largest, Math.abs(vector[place] as number));
  return largest;
}

/** The best rows of different entries, of which all rows of one come one after the other. */
class BestRows {
  /** A score must be over this to be among them. */
  least = Number.NEGATIVE_INFINITY;
  readonly rows: number[] = [];
  readonly #scores: number[] = [];
  readonly #owners: number[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  offer(row: number, owner: number, score: number): void {
    const former = this.#owners.lastIndexOf(owner);
    if (former >= 0) {
      if ((this.#scores[former] as number) >= score) return;
      this.#remove(former);
    } else if (this.rows.length === this.#count) this.#remove(this.#count - 1);
    let place = this.rows.length;
    while (place > 0 && (this.#scores[place - 1] as number) < score) place -= 1;
    this.rows.splice(place, 0, row);
    this.#scores.splice(place, 0, score);
    this.#owners.splice(place, 0, owner);
    if (this.rows.length === this.#count) this.least = this.#scores[this.#count - 1] as number;
  }

  #remove(place: number): void {
    this.rows.splice(place, 1);
    this.#scores.splice(place, 1);
    this.#owners.splice(place, 1);
  }
}
