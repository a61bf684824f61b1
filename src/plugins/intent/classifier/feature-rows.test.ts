import { expect, test } from 'vitest';
import { TypedFeatureRows } from './feature-rows.ts';

test('Rows are found as a Map finds them, where hashes share a place and where there are none', () => {
  const ids = Uint32Array.from([0, 7, 0xffff_ffff, 0x8000_0007, 0x4000_0007, 0xffff_fff0, 8, 15]);
  const rows = new TypedFeatureRows(ids);
  const map = new Map(Array.from(ids, (id, row) => [id, row]));
  for (const id of [...ids, 1, 9, 16, 0xffff_fffe, 0x8000_0000]) expect(rows.get(id)).toBe(map.get(id));
  expect([rows.size, [...rows.keys()], [...rows]]).toEqual([map.size, [...map.keys()], [...map]]);
  const none = new TypedFeatureRows(new Uint32Array());
  expect([none.size, none.get(0), [...none]]).toEqual([0, undefined, []]);
});
