import { expect, test } from 'vitest';
import { columnsOf, namesOf } from './columns-of.ts';
import { DamagedFile } from './file-part.ts';

const columns = { counts: Uint32Array.of(1), text: Uint8Array.of(2) };

test('columns are taken by their names and kinds', () => {
  expect(columnsOf(columns, { counts: 'numbers' })).toEqual({ counts: columns.counts });
});

test('a file without a column, or with one of another kind, is damaged', () => {
  expect(() => columnsOf(columns, { scales: 'floats' })).toThrow(DamagedFile);
  expect(() => columnsOf(columns, { text: 'numbers' })).toThrow(DamagedFile);
  expect(() => namesOf(undefined, ['viewers'])).toThrow(DamagedFile);
  expect(() => namesOf({ viewers: 'x' }, ['viewers'])).toThrow(DamagedFile);
  expect(namesOf({ viewers: ['x'] }, ['viewers'])).toEqual({ viewers: ['x'] });
});
