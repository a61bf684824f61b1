import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { throughFile } from '../../../../test/support/through-file.ts';
import { columnsOf } from './columns-of.ts';
import { EntryBytes, type EntryBytesParts } from './entry-bytes.ts';
import { FilePart } from './file-part.ts';
import { writeSnapshot } from './snapshot.ts';

/** Far more than a page of memory, with an empty one and a long one. */
const BYTES = Array.from({ length: 60 }, (_, place) =>
  place === 7 ? '' : `${place} ${'é桥b'.repeat(place === 30 ? 200_000 : 4_000 + place)}`,
).map((text) => Buffer.from(text));
const LATER = ['more', '', 'and more'].map((text) => Buffer.from(text));

const filled = (bytes: readonly Uint8Array[] = BYTES, column = new EntryBytes()): EntryBytes => {
  for (const one of bytes) column.push(one);
  return column;
};
/** Expects the first entries to be these. Compares bytes, because a failure would list millions of numbers. */
const expectEntries = (column: EntryBytes, expected: readonly Uint8Array[]) => {
  for (const [entry, bytes] of expected.entries()) expect(Buffer.compare(column.get(entry), bytes)).toBe(0);
};
const filed = async (
  column: EntryBytes,
  order: readonly number[],
  meanwhile?: () => unknown,
): Promise<EntryBytesParts> =>
  columnsOf(await throughFile({ ...column.sources(order) }, meanwhile), { bytes: 'file', ends: 'numbers' });
const sizeOf = (bytes: readonly Uint8Array[]) => Buffer.concat(bytes).length;
const at = (order: readonly number[]) => order.map((entry) => BYTES[entry] as Uint8Array);

test('entries come back unchanged, from a file too, and so do later additions', async () => {
  const column = filled();
  expectEntries(column, BYTES);
  for (const order of [[...BYTES.keys()], [...BYTES.keys()].reverse(), [30, 7, 5], []]) {
    const opened = new EntryBytes(await filed(column, order, () => filled(LATER, column)));
    expectEntries(filled(LATER, opened), [...at(order), ...LATER]);
  }
});

test('entries in a file are read there under their former number, and go to the next file from there', async () => {
  const column = filled();
  const order = [...BYTES.keys()].reverse();
  column.moved(await filed(column, order, () => filled(LATER, column)), order);
  const all = [...BYTES, ...LATER];
  expectEntries(column, all);
  expect(column.held).toBe(sizeOf(LATER));
  const again = [61, 60, 62, ...BYTES.keys()];
  const parts = await filed(column, again);
  expectEntries(new EntryBytes(parts), [...LATER.slice(1, 2), ...LATER.slice(0, 1), ...LATER.slice(2), ...BYTES]);
  column.moved(parts, again);
  expectEntries(filled(LATER, column), [...all, ...LATER]);
});

test('kept entries come back alone, from a file and from memory, with later additions', async () => {
  const column = filled();
  column.moved(await filed(column, [...BYTES.keys()]), [...BYTES.keys()]);
  filled(LATER, column);
  column.keep([3, 30, 62]);
  const last = LATER.slice(2);
  expect(column.held).toBe(sizeOf(last));
  const kept = [...at([3, 30]), ...last];
  expectEntries(filled(LATER, column), [...kept, ...LATER]);
  const { bytes } = await filed(column, [0, 1, 2]);
  expect(bytes.length).toBe(sizeOf(kept));
  column.keep([]);
  expectEntries(filled(LATER, column), LATER);
});

test('a former file is closed when its bytes moved to another', async () => {
  const column = filled(LATER);
  const parts = await filed(column, [0, 1, 2]);
  column.moved(parts, [0, 1, 2]);
  column.moved(await filed(column, [0, 1, 2]), [0, 1, 2]);
  expect(() => parts.bytes.read(0, 4)).toThrow('cannot be read');
  expectEntries(column, LATER);
});

test('the column refuses too many bytes, and dropped entries make room', () => {
  const column = new EntryBytes({ bytes: {} as FilePart, ends: Uint32Array.of(2 ** 32 - 5) });
  column.push(new Uint8Array(4));
  expect(() => column.push(new Uint8Array(1))).toThrow(RangeError);
  column.keep([1]);
  column.push(new Uint8Array(1));
  expect(column.held).toBe(5);
});

test('a long entry is read once on its way from one file to the next', async () => {
  const column = filled([Buffer.alloc(5_000_000, 'x')]);
  column.moved(await filed(column, [0]), [0]);
  const read = vi.spyOn(FilePart.prototype, 'readTo');
  await writeSnapshot(join(await mkdtemp(join(tmpdir(), 'parley-index-')), 'file'), {}, { ...column.sources([0]) });
  expect(read.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0)).toBe(5_000_000);
  read.mockRestore();
});
