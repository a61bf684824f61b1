import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { ASSEMBLED, BLOCK, kernelOver } from './kernel.ts';

const WAYS = [
  ['by instructions for many at once', ASSEMBLED],
  ['one by one, where the processor has none', 'AAAA'],
] as const;

test('the assembled kernel equals kernel.wat; after a change copy the expected text into kernel.ts', async () => {
  const source = readFileSync(new URL('./kernel.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('kernel.wat', source, { simd: true }).toBinary({});
  expect(ASSEMBLED).toBe(Buffer.from(buffer).toString('base64'));
});

const OF_BITS = WAYS.flatMap((way) => ([8, 16] as const).map((bits) => [...way, bits] as const));

test.each(OF_BITS)('products are those of the rows that are listed: %s, %#', (_how, assembled, bits) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const random = seeded(3);
  const [numbers, count, listAt, rowsAt, out] = [24, 9, 1_024, 4_096, 8_192];
  const query = new Int16Array(memory.buffer, 0, numbers);
  const rows = new (bits === 8 ? Int8Array : Int16Array)(memory.buffer, rowsAt, numbers * count);
  for (const place of query.keys()) query[place] = randomInteger(random, 4_095) - 2_047;
  for (const place of rows.keys()) rows[place] = randomInteger(random, 2 ** (bits - 2)) - 2 ** (bits - 3);
  const list = [7, 0, 8, 3, 5];
  new Uint32Array(memory.buffer, listAt, list.length).set(list);
  const { [`products${bits}` as const]: products } = kernelOver(memory, assembled);
  products(0, rowsAt, listAt, list.length, (numbers * bits) / 8, out);
  for (const [place, row] of list.entries())
    expect(new Int32Array(memory.buffer, out, list.length)[place]).toBe(
      query.reduce((sum, value, at) => sum + value * (rows[row * numbers + at] as number), 0),
    );
  new Int32Array(memory.buffer, out, 1)[0] = 42;
  products(0, rowsAt, listAt, 0, (numbers * bits) / 8, out);
  expect(new Int32Array(memory.buffer, out, 1)[0]).toBe(42);
});

test.each(WAYS.flatMap((way) => [1, 4, 5].map((groups) => [...way, groups] as const)))(
  'estimates are those of what each half of a byte picks: %s, %#',
  (_how, assembled, groups) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
    const random = seeded(4);
    const [count, scalesAt, blocksAt, out] = [3, 2_048, 4_096, 8_192];
    const tables = new Uint8Array(memory.buffer, 0, groups * 32);
    const scales = new Float32Array(memory.buffer, scalesAt, count * BLOCK);
    const blocks = new Uint8Array(memory.buffer, blocksAt, count * groups * BLOCK);
    for (const place of tables.keys()) tables[place] = randomInteger(random, 64);
    for (const place of scales.keys()) scales[place] = random();
    for (const place of blocks.keys()) blocks[place] = randomInteger(random, 256);
    kernelOver(memory, assembled).estimates(0, blocksAt, count, groups, scalesAt, 0.01, -3, out);
    const estimates = new Float32Array(memory.buffer, out, count * BLOCK);
    for (let row = 0; row < count * BLOCK; row += 1) {
      let sum = 0;
      for (let group = 0; group < groups; group += 1) {
        const byte = blocks[Math.floor(row / BLOCK) * groups * BLOCK + group * BLOCK + (row % BLOCK)] as number;
        sum += (tables[group * 32 + (byte & 15)] as number) + (tables[group * 32 + 16 + (byte >> 4)] as number);
      }
      expect(estimates[row]).toBeCloseTo((sum * 0.01 - 3) * (scales[row] as number), 4);
    }
  },
);

test.each(WAYS)('values are selected that are not under the least: %s', (_how, assembled) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const random = seeded(5);
  const [count, out] = [64, 1_024];
  const values = new Float32Array(memory.buffer, 0, count);
  for (const place of values.keys()) values[place] = random();
  const { select } = kernelOver(memory, assembled);
  for (const least of [values[10] as number, 0.01, 0.9, 2, Number.NEGATIVE_INFINITY]) {
    const expected = [...values.keys()].filter((place) => (values[place] as number) >= least);
    expect(select(0, count, least, out)).toBe(expected.length);
    expect([...new Uint32Array(memory.buffer, out, expected.length)]).toEqual(expected);
  }
  expect(select(0, 0, 0, out)).toBe(0);
});
