import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { ASSEMBLED, dotOver } from './dot.ts';

test('what is assembled is what dot.wat says; after a change put the text that is expected here into dot.ts', async () => {
  const source = readFileSync(new URL('./dot.wat', import.meta.url), 'utf8');
  const { buffer } = (await wabt()).parseWat('dot.wat', source, { simd: true }).toBinary({});
  expect(ASSEMBLED).toBe(Buffer.from(buffer).toString('base64'));
});

test.each([
  ['by instructions for four at once', ASSEMBLED],
  ['one by one, where the processor has none', 'AAAA'],
])('products are those of the numbers: %s', (_how, assembled) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  const dot = dotOver(memory, assembled);
  const random = seeded(3);
  const [width, count, rowsAt, out] = [48, 7, 4_096, 8_192];
  const query = new Int16Array(memory.buffer, 0, width).map(() => randomInteger(random, 4_095) - 2_047);
  new Int16Array(memory.buffer, 0, width).set(query);
  const rows = new Int8Array(memory.buffer, rowsAt, count * width);
  for (const place of rows.keys()) rows[place] = randomInteger(random, 255) - 127;
  dot(0, rowsAt, count, width, out);
  for (let row = 0; row < count; row += 1) {
    const expected = query.reduce((sum, value, place) => sum + value * (rows[row * width + place] ?? 0), 0);
    expect(new Int32Array(memory.buffer, out, count)[row]).toBe(expected);
  }
  new Int32Array(memory.buffer, out, 1)[0] = 42;
  dot(0, rowsAt, 0, width, out);
  expect(new Int32Array(memory.buffer, out, 1)[0]).toBe(42);
});
