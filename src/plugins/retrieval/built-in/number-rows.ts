import { GrowingColumn } from './columns.ts';
import { type Kernel, kernelOver } from './kernel.ts';
import { PagedMemory } from './paged-memory.ts';
import { type ColumnSource, recordsOf } from './snapshot.ts';

/** The part in a file. */
export interface NumberColumns {
  /** `width` bytes a row. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** The value of 1 in each row. Empty for 16 bits. */
  readonly units: Float32Array;
}

/** Bits a number of a row: 16 are all but exact; 8, which take half the memory, are off by about .008 / sqrt(dimensions). */
export type Bits = 8 | 16;

/** Rows that are listed at most: a multiple of four, as the kernel takes them. */
export const MOST_LISTED = 2_048;
/** The query lies first, then a list of rows, their products, and the rows. */
const MOST_DIMENSIONS = 8_192;
const LIST = MOST_DIMENSIONS * 2;
const PRODUCTS = LIST + MOST_LISTED * 4;
const ROWS = PRODUCTS + MOST_LISTED * 4;
/** No number of a unit vector exceeds 1. Nor does a product of two, over any of their dimensions, so sums fit in int32. */
const SCALE = 32_767;
const MOST_BYTE = 127;

/** Unit vectors as whole numbers. */
export class NumberRows {
  readonly #bits: Bits;
  readonly #width: number;
  readonly #memory: PagedMemory;
  readonly #multiply: Kernel['products8'];
  readonly #units: GrowingColumn<Float32Array>;
  #size: number;

  constructor(dimensions: number, bits: Bits, parts?: NumberColumns) {
    if (dimensions > MOST_DIMENSIONS) throw new RangeError(`vectors have at most ${MOST_DIMENSIONS} dimensions`);
    this.#bits = bits;
    this.#width = Math.ceil(dimensions / 8) * bits;
    this.#units = new GrowingColumn(Float32Array, parts?.units);
    this.#size = (parts?.rows.length ?? 0) / this.#width;
    this.#memory = new PagedMemory(ROWS);
    const kernel = kernelOver(this.#memory.memory);
    this.#multiply = bits === 16 ? kernel.products16 : kernel.products8;
    if (parts) this.#memory.take(parts.rows, ROWS);
  }

  push(vector: Float32Array): void {
    const start = ROWS + this.#size * this.#width;
    this.#memory.reserve(start + this.#width);
    if (this.#bits === 16) write(vector, new Int16Array(this.#memory.buffer, start, this.#width / 2), SCALE);
    else {
      const unit = vector.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE) / MOST_BYTE;
      write(vector, new Int8Array(this.#memory.buffer, start, this.#width), 1 / unit);
      this.#units.push(unit);
    }
    this.#size += 1;
  }

  /** For one query: a function that writes the cosines of a list of rows, at most `MOST_LISTED`, into `cosines`, in order. */
  weigher(query: Float32Array): (list: Uint32Array, cosines: Float64Array) => void {
    const numbers = Math.ceil(query.length / 8) * 8;
    write(query, new Int16Array(this.#memory.buffer, 0, numbers), SCALE);
    const listed = new Uint32Array(this.#memory.buffer, LIST, MOST_LISTED);
    const products = new Int32Array(this.#memory.buffer, PRODUCTS, MOST_LISTED);
    return (list, cosines) => {
      listed.set(list);
      // The kernel reads on to the next multiple of four: what an earlier list left there are rows too.
      this.#multiply(0, ROWS, LIST, list.length, this.#width, PRODUCTS);
      for (let place = 0; place < list.length; place += 1) {
        const unit = this.#bits === 16 ? 1 / SCALE : this.#units.at(list[place] as number);
        cosines[place] = ((products[place] as number) / SCALE) * unit;
      }
    };
  }

  /** These rows alone, in their order; rising. */
  keep(rows: Uint32Array): void {
    const bytes = new Uint8Array(this.#memory.buffer, ROWS);
    for (let place = 0; place < rows.length; place += 1) {
      const start = (rows[place] as number) * this.#width;
      bytes.copyWithin(place * this.#width, start, start + this.#width);
    }
    if (this.#bits === 8) this.#units.keep(rows);
    this.#size = rows.length;
  }

  /** These rows in this order, for a file; others may come meanwhile. */
  sources(rows: Uint32Array): Record<keyof NumberColumns, ColumnSource> {
    const source = recordsOf(this.#width, rows.length, (place, bytes, at) => {
      const start = ROWS + (rows[place] as number) * this.#width;
      bytes.set(new Uint8Array(this.#memory.buffer, start, this.#width), at);
    });
    return { rows: source, units: this.#bits === 8 ? this.#units.copy(rows) : new Float32Array(0) };
  }
}

/** Numbers past the vector's end are 0. */
function write(vector: Float32Array, row: Int16Array | Int8Array, scale: number): void {
  row.fill(0);
  for (let place = 0; place < vector.length; place += 1)
    row[place] = Math.round(Math.max(-1, Math.min(1, vector[place] as number)) * scale);
}
