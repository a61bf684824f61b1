import { expect, test } from 'vitest';
import { NamedRows } from './joined-names.ts';

function rowsOf(first: readonly string[], second: readonly string[]) {
  const rows = new NamedRows();
  rows.push(first, [{ column: 4, lastColumn: 5 }], 1);
  rows.push(second, [], 1);
  return [...rows.drain(), ...rows.end()];
}

test('names over several columns join the names below', () => {
  expect(rowsOf(['Item', '', '', '', 'Stock', ''], ['', '', '', '', 'Old', 'New'])).toEqual([
    ['Item', '', '', '', 'Stock Old', 'Stock New'],
  ]);
});

test('a row with values under other names is no row of names: it belongs to a table beside', () => {
  const names = ['Item', 'Jan', 'Feb', '', 'Stock', ''];
  const values = ['Pump', '12', '15', '', 'Old', 'New'];
  expect(rowsOf(names, values)).toEqual([names, values]);
});
