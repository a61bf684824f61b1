/**
 * The encoder's inner loops; kernel.wat describes each. All arguments but counts, `inputs`, `outputs`, `factor` and `epsilon` are
 * addresses in the memory, in bytes.
 */
export interface Kernel {
  products(
    rows: number,
    count: number,
    inputs: number,
    matrix: number,
    outputs: number,
    scales: number,
    out: number,
  ): void;
  add(to: number, from: number, count: number): void;
  reluAdd(to: number, values: number, others: number, count: number): void;
  maxAbs(values: number, count: number): number;
  quantize(to: number, values: number, count: number, factor: number): void;
  addNormalized(sum: number, values: number, count: number, epsilon: number): void;
}

const { fround } = Math;

/** The kernel in JavaScript. `Math.fround` after each step gives the bits of float32 instructions. */
export function plainKernel(memory: WebAssembly.Memory): Kernel {
  const floats = new Float32Array(memory.buffer);
  const numbers = new Int16Array(memory.buffer);
  const float = (address: number): number => floats[address >> 2] as number;
  /** Sums in four lanes, in the order of the SIMD instructions. */
  const sumOf = (values: number, count: number, of: (value: number) => number): number => {
    const lanes = new Float32Array(4);
    for (let index = 0; index < count; index += 1)
      lanes[index & 3] = (lanes[index & 3] as number) + of(float(values + 4 * index));
    const [a = 0, b = 0, c = 0, d = 0] = lanes;
    return fround(fround(a + b) + fround(c + d));
  };
  return {
    products: plainProducts(memory),
    add(to, from, count) {
      for (let at = 0; at < 4 * count; at += 4) floats[(to + at) >> 2] = float(to + at) + float(from + at);
    },
    reluAdd(to, values, others, count) {
      for (let at = 0; at < 4 * count; at += 4) {
        const value = float(values + at);
        floats[(to + at) >> 2] = (value > 0 ? value : 0) + float(others + at);
      }
    },
    maxAbs(values, count) {
      let max = 0;
      for (let at = 0; at < 4 * count; at += 4) max = Math.max(max, Math.abs(float(values + at)));
      return max;
    },
    quantize(to, values, count, factor) {
      for (let index = 0; index < count; index += 1)
        numbers[(to >> 1) + index] = nearest(fround(float(values + 4 * index) * fround(factor)));
    },
    addNormalized(sum, values, count, epsilon) {
      const mean = fround(sumOf(values, count, (value) => value) / count);
      const squares = sumOf(values, count, (value) => fround(fround(value - mean) * fround(value - mean)));
      const factor = fround(1 / fround(Math.sqrt(fround(fround(squares / count) + fround(epsilon)))));
      for (let at = 0; at < 4 * count; at += 4)
        floats[(sum + at) >> 2] = float(sum + at) + fround(fround(float(values + at) - mean) * factor);
    },
  };
}

/** Rounds to nearest, ties to even, by the precision of float32 beyond 2^23. */
const nearest = (value: number): number => fround(fround(value + 12_582_912) - 12_582_912);

function plainProducts(memory: WebAssembly.Memory): Kernel['products'] {
  const floats = new Float32Array(memory.buffer);
  const numbers = new Int16Array(memory.buffer);
  const weights = new Int8Array(memory.buffer);
  const sums = new Int32Array(8);
  return (rows, count, inputs, matrix, outputs, scales, out) => {
    for (let row = 0; row < count; row += 1) {
      const scale = floats[(scales >> 2) + row] as number;
      const from = (rows >> 1) + row * inputs;
      for (let block = 0; block < outputs; block += 8) {
        sums.fill(0);
        let weight = matrix + block * inputs;
        for (let input = from; input < from + inputs; input += 2) {
          const [one, two] = [numbers[input] as number, numbers[input + 1] as number];
          for (let output = 0; output < 8; output += 1, weight += 2)
            sums[output] =
              (sums[output] as number) + one * (weights[weight] as number) + two * (weights[weight + 1] as number);
        }
        for (let output = 0; output < 8; output += 1)
          floats[(out >> 2) + row * outputs + block + output] = fround(sums[output] as number) * scale;
      }
    }
  };
}
