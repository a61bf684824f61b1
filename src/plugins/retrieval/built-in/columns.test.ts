import { expect, test } from 'vitest';
import { throughFile } from '../../../../test/support/through-file.ts';
import { GrowingColumn } from './columns.ts';
import { PagedMemory } from './paged-memory.ts';

test('a column that grows keeps what it has, and no second memory for it', () => {
  const column = new GrowingColumn(Uint32Array);
  for (let value = 0; value < 1_024; value += 1) column.push(value);
  const former = column.values;
  column.push(1_024);
  expect(column.values).toEqual(Uint32Array.from({ length: 1_025 }, (_, value) => value));
  expect(former).toHaveLength(0);
});

test('a column from a file is taken over whole, and its memory is released', async () => {
  const bytes = new Uint8Array(40_000_000);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = place % 251;
  for (const held of [(await throughFile({ bytes }))['bytes'] as Uint8Array<ArrayBuffer>, bytes.slice()]) {
    const memory = new PagedMemory(100);
    memory.take(held, 100);
    expect(Buffer.compare(bytes, new Uint8Array(memory.buffer, 100, bytes.length))).toBe(0);
    expect(held.buffer.byteLength).toBe(0);
  }
});
