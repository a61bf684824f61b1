import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { randomInteger, seeded } from '../../../test/support/random.ts';
import { ASSEMBLED, kernelOver } from './kernel.ts';

test('the assembled kernel is kernel.wat; after a change copy the expected text into kernel.ts', async () => {
  const source = readFileSync(new URL('./kernel.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('kernel.wat', source, { simd: true }).toBinary({});
  expect(ASSEMBLED).toBe(Buffer.from(buffer).toString('base64'));
});

const COUNT = 16;
const [INPUTS, OUTPUTS, ROWS] = [12, 16, 5];

/** A memory with the same random numbers for both kernels. */
function prepared(assembled: string) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const random = seeded(7);
  const floats = new Float32Array(memory.buffer);
  for (let place = 0; place < 1_024; place += 1)
    floats[place] = (random() - 0.5) * 10 ** (randomInteger(random, 6) - 3);
  const numbers = new Int16Array(memory.buffer, 8_192, ROWS * INPUTS);
  for (const place of numbers.keys()) numbers[place] = randomInteger(random, 65_536) - 32_768;
  const weights = new Int8Array(memory.buffer, 12_288, INPUTS * OUTPUTS);
  for (const place of weights.keys()) weights[place] = randomInteger(random, 255) - 127;
  return { kernel: kernelOver(memory, assembled), floats, bytes: new Uint8Array(memory.buffer) };
}

test('the kernel in JavaScript leaves the same bits as the assembled one', () => {
  const [fast, plain] = [prepared(ASSEMBLED), prepared('AAAA')];
  for (const { kernel, floats } of [fast, plain]) {
    kernel.products(8_192, ROWS, INPUTS, 12_288, OUTPUTS, 0, 16_384);
    kernel.add(0, 64, COUNT);
    kernel.reluAdd(128, 192, 256, COUNT);
    floats[8_000] = kernel.maxAbs(512, 64);
    // ties, and numbers past int16
    floats.set([0.5, 1.5, -0.5, -2.5, 7, 8.25, 0.1, -0.4], 4_096);
    kernel.quantize(24_576, 16_384, 8, 1);
    kernel.addNormalized(320, 384, COUNT, 1e-12);
  }
  expect(fast.bytes).toEqual(plain.bytes);
});

test('products are the sums of the products of a row with each column, times the scale of the row', () => {
  const { kernel, floats, bytes } = prepared(ASSEMBLED);
  kernel.products(8_192, ROWS, INPUTS, 12_288, OUTPUTS, 0, 16_384);
  const numbers = new Int16Array(bytes.buffer, 8_192, ROWS * INPUTS);
  const weights = new Int8Array(bytes.buffer, 12_288, INPUTS * OUTPUTS);
  for (let row = 0; row < ROWS; row += 1)
    for (let output = 0; output < OUTPUTS; output += 1) {
      let sum = 0;
      for (let input = 0; input < INPUTS; input += 1) {
        const packed = ((output >> 3) * INPUTS * 8 + (input >> 1) * 16 + (output & 7) * 2 + (input & 1)) as number;
        sum += (numbers[row * INPUTS + input] as number) * (weights[packed] as number);
      }
      expect(floats[4_096 + row * OUTPUTS + output]).toBe(Math.fround(Math.fround(sum) * (floats[row] as number)));
    }
});
