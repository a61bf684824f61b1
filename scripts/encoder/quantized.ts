/** The model's numbers in the form that src/adapters/encoder reads. */
import type { NumpyArray } from './archives.ts';

/** The int8 steps of a matrix, with the value of one step. */
export interface Quantized {
  readonly steps: Int8Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly scale: number;
}

/** The model's matrices are int8 with one scale each, stored as float32: this loses nothing, or throws. */
export function quantized({ values, shape: [inputs = 0, outputs = 0] }: NumpyArray): Quantized {
  let max = 0;
  for (const value of values) max = Math.max(max, Math.abs(value));
  const scale = Math.fround(max / 127);
  const steps = Int8Array.from(values, (value) => Math.round(value / scale));
  for (const [place, value] of values.entries())
    if (Math.abs((steps[place] as number) * scale - value) > 1e-3 * scale + 1e-5)
      throw new Error('a matrix is not int8 with one scale');
  return { steps, inputs, outputs, scale };
}

/** The largest input for which no int32 sum overflows: int16, or less where a column has large sums. */
export function inputLimit({ steps, inputs, outputs }: Quantized): number {
  let largest = 0;
  for (let output = 0; output < outputs; output += 1) {
    let sum = 0;
    for (let input = 0; input < inputs; input += 1) sum += Math.abs(steps[input * outputs + output] as number);
    largest = Math.max(largest, sum);
  }
  return Math.min(32_767, Math.floor((2 ** 31 - 1) / largest));
}

/** Outputs in one block of a packed matrix. */
const BLOCK = 8;

/** In the order of kernel.wat: blocks of 8 outputs, each by pairs of inputs: o0i0 o0i1 o1i0 o1i1 ... */
export function packed({ steps, inputs, outputs }: Quantized): Buffer {
  const bytes = Buffer.alloc(steps.length);
  let place = 0;
  for (let block = 0; block < outputs; block += BLOCK)
    for (let input = 0; input < inputs; input += 2)
      for (let output = block; output < block + BLOCK; output += 1)
        for (const next of [input, input + 1]) place = bytes.writeInt8(steps[next * outputs + output] as number, place);
  return bytes;
}

/** Turns a convolution's rows (by place in the window and input) into one matrix from input to place and output. */
export function sideBySide({ values, shape: [rows = 0, outputs = 0] }: NumpyArray, places: number): NumpyArray {
  const inputs = rows / places;
  const turned = new Float32Array(values.length);
  for (let place = 0; place < places; place += 1)
    for (let input = 0; input < inputs; input += 1)
      for (let output = 0; output < outputs; output += 1)
        turned[(input * places + place) * outputs + output] = values[
          (place * inputs + input) * outputs + output
        ] as number;
  return { values: turned, shape: [inputs, places * outputs] };
}

export function columnSums({ steps, inputs, outputs, scale }: Quantized): Float32Array {
  return Float32Array.from({ length: outputs }, (_, output) => {
    let sum = 0;
    for (let input = 0; input < inputs; input += 1) sum += steps[input * outputs + output] as number;
    return sum * scale;
  });
}

/** A row of the table of vectors, from its lowest step on: 4 bits a step where that is enough, else 8. */
export function packedRow(row: Uint8Array): { readonly width: 4 | 8; readonly least: number; readonly bytes: Buffer } {
  const least = row.reduce((low, step) => Math.min(low, step), 255);
  const steps = row.map((step) => step - least);
  if (steps.some((step) => step > 15)) return { width: 8, least, bytes: Buffer.from(steps) };
  const bytes = Buffer.alloc(steps.length / 2);
  for (const place of bytes.keys())
    bytes[place] = (steps[2 * place] as number) | ((steps[2 * place + 1] as number) << 4);
  return { width: 4, least, bytes };
}
