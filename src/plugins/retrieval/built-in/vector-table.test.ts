import { expect, test } from 'vitest';
import type { IndexedPassage } from '#core/ports/store.ts';
import { randomInteger, seeded } from '../../../../test/support/random.ts';
import { throughFile } from '../../../../test/support/through-file.ts';
import { VectorTable } from './vector-table.ts';

const DIMENSIONS = 24;
const random = seeded(17);
const unitVector = (): Float32Array => {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

function filled(): VectorTable {
  const table = new VectorTable(DIMENSIONS, 16);
  for (let place = 0; place < 400; place += 1) {
    const viewerId = `viewer-${randomInteger(random, 5)}`;
    const passage = { id: `p${place}`, documentId: `d${viewerId}-${place % 20}`, viewerId, tenant: 'home' };
    table.add({ ...passage, shared: place % 9 === 0 } as IndexedPassage, [unitVector()]);
  }
  return table;
}

/** The table after a round trip through a file. */
async function reopened(table: VectorTable): Promise<VectorTable> {
  const { header, columns } = table.parts();
  return new VectorTable(DIMENSIONS, 16, { header, columns: await throughFile(columns) });
}

test('after reopening each viewer finds the same entries, without removed and with added ones', async () => {
  const table = filled();
  for (const document of ['dviewer-1-3', 'dviewer-4-7']) table.remove(document);
  let opened = await reopened(table);
  const same = () => {
    for (let viewer = 0; viewer < 6; viewer += 1) {
      const scope = { viewerId: `viewer-${viewer}`, tenant: viewer < 5 ? 'home' : 'elsewhere', documentIds: null };
      const query = unitVector();
      expect(opened.search(query, scope, 300)).toEqual(table.search(query, scope, 300));
      const within = { ...scope, documentIds: [`dviewer-${viewer}-2`, 'dviewer-2-4', 'dviewer-1-3'] };
      expect(opened.search(query, within, 300)).toEqual(table.search(query, within, 300));
    }
  };
  same();
  expect(opened.size).toBe(table.size);
  const late = [unitVector()];
  for (const one of [table, opened]) {
    one.add(
      { id: 'late', documentId: 'new', viewerId: 'viewer-3', tenant: 'home', shared: false } as IndexedPassage,
      late,
    );
    one.remove('dviewer-0-1');
  }
  same();
  opened = await reopened(opened);
  same();
});
