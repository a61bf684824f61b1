import { expect, test } from 'vitest';
import { throughFile } from '../../../../test/support/through-file.ts';
import { GrowingColumn, PagedColumn, TextColumn } from './columns.ts';
import { PagedMemory } from './paged-memory.ts';

/** Far more than a page of memory, with an empty text and a long one. */
const TEXTS = Array.from({ length: 60 }, (_, place) =>
  place === 7 ? '' : `${place} ${'é桥b'.repeat(place === 30 ? 200_000 : 4_000 + place)}`,
);
const filled = (texts: readonly string[], column = new TextColumn()): TextColumn => {
  for (const text of texts) column.push(text);
  return column;
};
const all = (column: TextColumn) => Array.from({ length: column.size }, (_, entry) => column.get(entry));

test('texts come back as they were, through a file too, and so does what is added after them', async () => {
  const column = filled(TEXTS);
  expect(all(column)).toEqual(TEXTS);
  for (const order of [[...TEXTS.keys()], [...TEXTS.keys()].reverse(), [30, 7, 5], []]) {
    const parts = await throughFile(column.sources(order), () => filled(TEXTS, column));
    const expected = order.map((entry) => TEXTS[entry]);
    expect(all(filled(['more', ...TEXTS], new TextColumn(parts)))).toEqual([...expected, 'more', ...TEXTS]);
  }
});

test('texts that are kept come back alone, and what is added after them', async () => {
  const column = filled(TEXTS);
  const kept = [...TEXTS.keys()].filter((entry) => entry % 3 !== 1);
  column.keep(kept);
  const expected = kept.map((entry) => TEXTS[entry]);
  expect(all(column)).toEqual(expected);
  expect((await throughFile(column.sources([...kept.keys()])))['bytes']).toHaveLength(
    Buffer.byteLength(expected.join('')),
  );
  expect(all(filled(['more'], column))).toEqual([...expected, 'more']);
  column.keep([]);
  expect(all(filled(['first'], column))).toEqual(['first']);
});

test('many numbers come back as they were, from a file too, and so does what is added after them', async () => {
  const numbers = (from: number) => Uint32Array.from({ length: 30_000 }, (_, place) => from + place);
  const column = new PagedColumn();
  for (let part = 0; part < 5; part += 1) column.push(numbers(part));
  const { bytes } = await throughFile({ bytes: column.bytes(0, column.length).slice() });
  for (const one of [column, new PagedColumn(bytes)]) {
    one.push(numbers(9));
    expect(one.length).toBe(180_000);
    expect([...one.part(119_999, 120_001)]).toEqual([numbers(3)[29_999], 4]);
    expect([...one.part(one.length - 30_000, one.length - 29_999)]).toEqual([9]);
  }
  column.clear();
  column.push(numbers(7));
  expect([column.length, ...column.part(0, 2)]).toEqual([30_000, 7, 8]);
});

test('a column that grows keeps what it has, and no second memory for it', () => {
  const column = new GrowingColumn(Uint32Array);
  for (let value = 0; value < 1_024; value += 1) column.push(value);
  const former = column.values;
  column.push(1_024);
  expect(column.values).toEqual(Uint32Array.from({ length: 1_025 }, (_, value) => value));
  expect(former).toHaveLength(0);
});

test('what a file held is taken over whole, and its memory is given back', async () => {
  const bytes = Uint8Array.from({ length: 40_000_000 }, (_, place) => place % 251);
  for (const held of [(await throughFile({ bytes }))['bytes'] as Uint8Array<ArrayBuffer>, bytes.slice()]) {
    const memory = new PagedMemory(100);
    memory.take(held, 100);
    expect(Buffer.compare(bytes, new Uint8Array(memory.buffer, 100, bytes.length))).toBe(0);
    expect(held.buffer.byteLength).toBe(0);
  }
});
