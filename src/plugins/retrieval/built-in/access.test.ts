import { expect, test } from 'vitest';
import type { IndexedPassage } from '#core/ports/store.ts';
import { AccessColumns, type Scope } from './access.ts';

const add = (access: AccessColumns, viewerId: string, documentId: string, shared = false) =>
  access.add({ viewerId, documentId, tenant: 'home', shared } as IndexedPassage);
const scope = (viewerId: string, others: Partial<Scope> = {}): Scope => ({
  viewerId,
  tenant: 'home',
  documentIds: null,
  ...others,
});
const runs = (access: AccessColumns, asked: Scope) => [...access.readable(asked)];

function filled(): AccessColumns {
  const access = new AccessColumns();
  for (const [viewer, document] of ['ann a', 'ann a', 'bob b', 'ann c', 'bob d'].map((line) => line.split(' ')))
    add(access, viewer as string, document as string, document === 'd');
  return access;
}

test('neighbours that may be read are one run', () => {
  const access = filled();
  expect(runs(access, scope('ann'))).toEqual([
    [0, 2],
    [3, 5],
  ]);
  expect(access.readable(scope('ann')).count).toBe(4);
  expect(runs(access, scope('bob', { tenant: 'elsewhere' }))).toEqual([
    [2, 3],
    [4, 5],
  ]);
  expect(runs(access, scope('stranger', { tenant: 'elsewhere' }))).toEqual([]);
});

test('a search by documents is within the readable ones; unknown ids match nothing', () => {
  const access = filled();
  expect(runs(access, scope('ann', { documentIds: ['b', 'c', 'unknown'] }))).toEqual([[3, 4]]);
  expect(runs(access, scope('ann', { documentIds: [] }))).toEqual([]);
});

test('cached answers do not outlive additions, removals and renumbering', () => {
  const access = filled();
  const first = () => runs(access, scope('ann'));
  first();
  add(access, 'ann', 'e');
  expect(first()).toEqual([
    [0, 2],
    [3, 6],
  ]);
  access.remove('a');
  expect(first()).toEqual([[3, 6]]);
  access.keep(access.live());
  expect(first()).toEqual([[1, 4]]);
});

test('live entries are grouped by viewer, and the same viewers may read them', () => {
  const access = filled();
  access.remove('c');
  const order = access.byViewer(access.live());
  expect(order).toEqual([0, 1, 2, 4]);
  add(access, 'ann', 'e');
  expect(access.byViewer(access.live())).toEqual([0, 1, 5, 2, 4]);
  access.keep(access.byViewer(access.live()));
  expect(runs(access, scope('ann', { tenant: 'elsewhere' }))).toEqual([[0, 3]]);
  expect(runs(access, scope('ann'))).toEqual([
    [0, 3],
    [4, 5],
  ]);
  expect(runs(access, scope('ann', { documentIds: ['b', 'd', 'e'] }))).toEqual([
    [2, 3],
    [4, 5],
  ]);
  expect(access.remove('b')).toEqual([3]);
});

test('many viewers differ though not all are cached', () => {
  const access = new AccessColumns();
  for (let viewer = 0; viewer < 600; viewer += 1) add(access, `v${viewer}`, `d${viewer}`);
  for (let round = 0; round < 2; round += 1)
    for (let viewer = 0; viewer < 600; viewer += 1)
      expect(runs(access, scope(`v${viewer}`))).toEqual([[viewer, viewer + 1]]);
});

test('deleted documents leave no trace in a file, and the rest stays distinct', () => {
  const access = filled();
  access.remove('a');
  const parts = access.parts(access.byViewer(access.live()));
  expect(parts.names.documents).toEqual(['b', 'c', 'd']);
  const opened = new AccessColumns(parts);
  expect(runs(opened, scope('ann', { documentIds: ['c'] }))).toEqual([[0, 1]]);
  add(opened, 'ann', 'e');
  expect(runs(opened, scope('ann', { documentIds: ['a', 'e'] }))).toEqual([[3, 4]]);
  expect(opened.remove('d')).toEqual([2]);
});
