import { GrowingColumn } from './columns.ts';
import { BLOCK, type Kernel, kernelOver } from './kernel.ts';
import { PagedMemory } from './paged-memory.ts';
import { type ColumnSource, recordsOf } from './snapshot.ts';

/** The part in a file. */
export interface CodeColumns {
  /** In blocks of 16 rows: see kernel.wat. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** The inverse product of each row with the vector of its codes. */
  readonly scales: Float32Array;
}

/** Dimensions a byte, and a table. */
const GROUP = 4;
const PAIR = 2;
const CHOICES = 16;
/** Bytes of the tables of a group. */
const TABLES = CHOICES * 2;
const MOST_GROUPS = 2_048;
/** Blocks that are looked at at a time: at first few, until it is known what is near. */
const FIRST_CHUNK = 8;
const CHUNK = 128;
const SCALES = MOST_GROUPS * TABLES;
const ESTIMATES = SCALES + CHUNK * BLOCK * 4;
const PLACES = ESTIMATES + CHUNK * BLOCK * 4;
const ROWS = PLACES + CHUNK * BLOCK * 4 + BLOCK;
/** Four picks are added up as uint8, all of them as uint16. */
const MOST_PICK = 63;
const MOST_SUM = 65_535;
/** Conversion to integers truncates. Adding a half rounds. */
const HALF = 0.5;

/** The values of two bits and the thresholds between them: the best four for a normal distribution (Max, 1960) with deviation 1. */
const LEVELS = [-1.51, -0.4528, 0.4528, 1.51] as const;
const OUTER = 0.9816;
/** The squared cosine between a vector and that of its codes: the share of variance that Max's four levels keep. */
const KEPT = 0.8825;

/**
 * Unit vectors after a random rotation, in 2 bits a dimension. A cosine is estimated as the query's product with the vector of the codes,
 * divided by the vector's own product with it: unbiased, with an error of about `estimateError` (Gao and Long, "RaBitQ",
 * SIGMOD 2024, with two bits in place of one).
 */
export class CodeRows {
  readonly #groups: number;
  /** The deviation of one dimension of a rotated unit vector. */
  readonly #deviation: number;
  readonly #memory: PagedMemory;
  readonly #kernel: Kernel;
  readonly #scales: GrowingColumn<Float32Array>;

  constructor(dimensions: number, parts?: CodeColumns) {
    this.#groups = Math.ceil(dimensions / GROUP);
    this.#deviation = 1 / Math.sqrt(dimensions);
    this.#scales = new GrowingColumn(Float32Array, parts?.scales);
    this.#memory = new PagedMemory(ROWS);
    this.#kernel = kernelOver(this.#memory.memory);
    if (parts) this.#memory.take(parts.codes, ROWS);
  }

  get size(): number {
    return this.#scales.length;
  }

  push(vector: Float32Array): void {
    const row = this.size;
    this.#memory.reserve(ROWS + this.#bytes(row + 1));
    const codes = new Uint8Array(this.#memory.buffer, ROWS);
    let product = 0;
    for (let group = 0; group < this.#groups; group += 1) {
      let byte = 0;
      for (let place = 0; place < GROUP; place += 1) {
        const value = vector[group * GROUP + place] ?? 0;
        const code = (value > 0 ? 2 : 0) + (Math.abs(value) > OUTER * this.#deviation === value > 0 ? 1 : 0);
        byte |= code << (place * 2);
        product += value * (LEVELS[code] as number);
      }
      codes[this.#place(row, group)] = byte;
    }
    this.#scales.push(product > 0 ? 1 / product : 0);
  }

  /**
   * For one query: a function that scans the rows from `start` to before `end` and calls `found` for each row whose estimated cosine is
   * at least `least()`. That bound may rise meanwhile: it is read again every few rows.
   */
  scan(
    query: Float32Array,
  ): (start: number, end: number, least: () => number, found: (row: number, estimate: number) => void) => void {
    const range = this.#setTables(query);
    const { buffer } = this.#memory;
    const scales = this.#scales.values;
    const scaling = new Float32Array(buffer, SCALES, CHUNK * BLOCK);
    const estimates = new Float32Array(buffer, ESTIMATES, CHUNK * BLOCK);
    const places = new Uint32Array(buffer, PLACES, CHUNK * BLOCK);
    let most = FIRST_CHUNK;
    return (start, end, least, found) => {
      let count = 0;
      for (let block = Math.floor(start / BLOCK); block * BLOCK < end; block += count) {
        const first = block * BLOCK;
        count = Math.min(most, Math.ceil(end / BLOCK) - block);
        most = Math.min(CHUNK, most * 2);
        scaling.set(scales.subarray(first, first + count * BLOCK));
        const codes = ROWS + this.#bytes(first);
        this.#kernel.estimates(0, codes, count, this.#groups, SCALES, range.unit, range.least, ESTIMATES);
        const selected = this.#kernel.select(ESTIMATES, count * BLOCK, least(), PLACES);
        for (let at = 0; at < selected; at += 1) {
          const place = places[at] as number;
          const row = first + place;
          if (row >= start && row < end) found(row, estimates[place] as number);
        }
      }
    };
  }

  /** These rows alone, in their order; rising. */
  keep(rows: Uint32Array): void {
    const codes = new Uint8Array(this.#memory.buffer, ROWS);
    for (let place = 0; place < rows.length; place += 1)
      this.#copy(rows[place] as number, codes, this.#place(place, 0));
    this.#scales.keep(rows);
  }

  /** These rows in this order, for a file; others may come meanwhile. */
  sources(rows: Uint32Array): Record<keyof CodeColumns, ColumnSource> {
    const blocks = Math.ceil(rows.length / BLOCK);
    const codes = recordsOf(this.#groups * BLOCK, blocks, (block, bytes, at) => {
      const end = Math.min(rows.length, (block + 1) * BLOCK);
      for (let place = block * BLOCK; place < end; place += 1)
        this.#copy(rows[place] as number, bytes, at + (place % BLOCK));
    });
    return { codes, scales: this.#scales.copy(rows) };
  }

  /** The row's codes, one a block's width after the other. */
  #copy(row: number, to: Uint8Array, at: number): void {
    const codes = new Uint8Array(this.#memory.buffer, ROWS);
    const start = this.#place(row, 0);
    for (let offset = 0; offset < this.#groups * BLOCK; offset += BLOCK)
      to[at + offset] = codes[start + offset] as number;
  }

  /** A table for each two dimensions: the query's product with each choice of their codes, over the least of them, in `unit`s. */
  #setTables(query: Float32Array): { readonly unit: number; readonly least: number } {
    const tables = new Uint8Array(this.#memory.buffer, 0, this.#groups * TABLES);
    let least = 0;
    let widest = 0;
    for (let first = 0; first < this.#groups * GROUP; first += PAIR) {
      const amount = LEVELS[3] * (Math.abs(query[first] ?? 0) + Math.abs(query[first + 1] ?? 0));
      least -= amount;
      widest = Math.max(widest, amount * 2);
    }
    // Rounding may add a half to each pick.
    const most = MOST_SUM - this.#groups;
    const unit = Math.max(Number.MIN_VALUE, widest / MOST_PICK, (-2 * least) / most);
    const [low, high] = [new Float64Array(LEVELS.length), new Float64Array(LEVELS.length)];
    for (let place = 0, dimension = 0; place < tables.length; dimension += PAIR) {
      picks(query[dimension] ?? 0, unit, low);
      picks(query[dimension + 1] ?? 0, unit, high);
      for (let choice = 0; choice < CHOICES; choice += 1, place += 1)
        tables[place] = (low[choice & 3] as number) + (high[choice >> 2] as number) + HALF;
    }
    return { unit, least };
  }

  /** The size of the blocks for this many rows. */
  #bytes(rows: number): number {
    return Math.ceil(rows / BLOCK) * BLOCK * this.#groups;
  }

  #place(row: number, group: number): number {
    return Math.floor(row / BLOCK) * BLOCK * this.#groups + group * BLOCK + (row % BLOCK);
  }
}

/** For one dimension: its product with each level, minus the least of them, in `unit`s. */
function picks(value: number, unit: number, of: Float64Array): void {
  const least = LEVELS[3] * Math.abs(value);
  for (let code = 0; code < LEVELS.length; code += 1) of[code] = (value * (LEVELS[code] as number) + least) / unit;
}

/** The standard deviation of an estimate from the cosine (RaBitQ's theorem 3.2). */
export const estimateError = (dimensions: number): number => Math.sqrt((1 / KEPT - 1) / Math.max(1, dimensions - 1));
