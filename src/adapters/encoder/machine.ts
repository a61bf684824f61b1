import type { EncoderFile } from './encoder-file.ts';
import { type Kernel, kernelOver } from './kernel.ts';
import { FLOAT, type Layout, layoutOf, SHAPES } from './layout.ts';

const WASM_PAGE = 65_536;

/** The memory with the matrices in it, and the products of rows with them. */
export class Machine {
  readonly at: Layout;
  readonly floats: Float32Array;
  readonly numbers: Int16Array;
  readonly kernel: Kernel;
  readonly epsilon: number;
  readonly #scales: Readonly<Record<string, number>>;
  readonly #limits: Readonly<Record<string, number>>;

  /** `assembled`: the kernel's code, for tests of the way without SIMD instructions. */
  constructor(file: EncoderFile, slots: number, assembled?: string) {
    this.at = layoutOf(slots);
    this.epsilon = file.header.epsilon;
    this.#scales = file.header.scales;
    this.#limits = file.header.limits;
    // Pages that nothing is written to take up no physical memory.
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.at.size / WASM_PAGE) });
    this.floats = new Float32Array(memory.buffer);
    this.numbers = new Int16Array(memory.buffer);
    this.kernel = kernelOver(memory, assembled);
    const bytes = new Uint8Array(memory.buffer);
    for (const [name, at] of this.at.matrices) bytes.set(file.bytes(name), at);
    this.floats.set(file.floats('bias1'), this.at.bias1 / FLOAT);
    this.floats.set(file.floats('bias2'), this.at.bias2 / FLOAT);
  }

  scaleOf(name: string): number {
    return this.#scales[name] as number;
  }

  /** Sets a row that goes into the next product: float32 numbers as int16 with one scale, chosen so that no int32 sum overflows. */
  setRow(row: number, from: number, name: string): void {
    const [inputs] = shapeOf(name);
    const limit = this.#limits[name] as number;
    const max = this.kernel.maxAbs(from, inputs);
    this.kernel.quantize(this.at.rows + row * inputs * 2, from, inputs, max > 0 ? limit / max : 0);
    this.setScale(row, (max / limit) * this.scaleOf(name));
  }

  setScale(row: number, scale: number): void {
    this.floats[this.at.scales / FLOAT + row] = scale;
  }

  /** The product of the rows that are set with the matrix; it is then at `at.out`. */
  multiply(name: string, rows: number): void {
    const [inputs, outputs] = shapeOf(name);
    const matrix = this.at.matrices.get(name) as number;
    this.kernel.products(this.at.rows, rows, inputs, matrix, outputs, this.at.scales, this.at.out);
  }

  /** The product of one row with the matrix; null: of the row at `at.values`. */
  times(row: Float32Array | null, name: string): Float32Array {
    if (row) this.floats.set(row, this.at.values / FLOAT);
    this.setRow(0, this.at.values, name);
    this.multiply(name, 1);
    const start = this.at.out / FLOAT;
    return this.floats.slice(start, start + shapeOf(name)[1]);
  }
}

const shapeOf = (name: string) => SHAPES[name] as readonly [number, number];
