import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { ASSEMBLED, BLOCK, kernelOver } from './kernel.ts';

const WAYS = [
  ['by instructions for many at once', ASSEMBLED],
  ['one by one, where the processor has none', 'AAAA'],
] as const;

test('what is assembled is what kernel.wat says; after a change put the text that is expected here into kernel.ts', async () => {
  const source = readFileSync(new URL('./kernel.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('kernel.wat', source, { simd: true }).toBinary({});
  expect(ASSEMBLED).toBe(Buffer.from(buffer).toString('base64'));
});

test.each(WAYS)('products are those of the rows that are listed: %s', (_how, assembled) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const random = seeded(3);
  const [numbers, count, listAt, rowsAt, out] = [24, 9, 1_024, 4_096, 8_192];
  const query = new Int16Array(memory.buffer, 0, numbers);
  const rows = new Int16Array(memory.buffer, rowsAt, numbers * count);
  for (const array of [query, rows])
    for (const place of array.keys()) array[place] = randomInteger(random, 4_095) - 2_047;
  const list = [7, 0, 8, 3];
  new Uint32Array(memory.buffer, listAt, list.length).set(list);
  const kernel = kernelOver(memory, assembled);
  kernel.products(0, rowsAt, listAt, list.length, numbers * 2, out);
  for (const [place, row] of list.entries())
    expect(new Int32Array(memory.buffer, out, list.length)[place]).toBe(
      query.reduce((sum, value, at) => sum + value * (rows[row * numbers + at] as number), 0),
    );
  new Int32Array(memory.buffer, out, 1)[0] = 42;
  kernel.products(0, rowsAt, listAt, 0, numbers * 2, out);
  expect(new Int32Array(memory.buffer, out, 1)[0]).toBe(42);
});

test.each(WAYS)('sums are those of what each half of a byte picks: %s', (_how, assembled) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const random = seeded(4);
  const [groups, count, blocksAt, out] = [5, 3, 4_096, 8_192];
  const tables = new Uint8Array(memory.buffer, 0, groups * 32);
  const blocks = new Uint8Array(memory.buffer, blocksAt, count * groups * BLOCK);
  for (const place of tables.keys()) tables[place] = randomInteger(random, 128);
  for (const place of blocks.keys()) blocks[place] = randomInteger(random, 256);
  kernelOver(memory, assembled).codeSums(0, blocksAt, count, groups, out);
  const sums = new Uint16Array(memory.buffer, out, count * BLOCK);
  for (let row = 0; row < count * BLOCK; row += 1) {
    let expected = 0;
    for (let group = 0; group < groups; group += 1) {
      const byte = blocks[Math.floor(row / BLOCK) * groups * BLOCK + group * BLOCK + (row % BLOCK)] as number;
      expected += (tables[group * 32 + (byte & 15)] as number) + (tables[group * 32 + 16 + (byte >> 4)] as number);
    }
    expect(sums[row]).toBe(expected);
  }
});
