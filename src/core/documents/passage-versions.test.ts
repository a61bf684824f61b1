import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DocumentStore } from '../ports/document-store.ts';
import { PassageVersions } from './passage-versions.ts';

type Changes = Awaited<ReturnType<DocumentStore['readersChangedAfter']>>;

const viewer = (id: string, tenant: string) => ({ id, subject: id, tenant, role: 'USER' }) as const;
const ANN = viewer('ann', 'home');
const BOB = viewer('bob', 'home');
const EVE = viewer('eve', 'elsewhere');

let changes: Changes;
let versions: PassageVersions;
beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000 });
  changes = { position: 5, removed: 0, added: [] };
  versions = new PassageVersions({ readersChangedAfter: async () => changes });
  await versions.start(false);
});
afterEach(() => vi.useRealTimers());

async function change(added: Changes['added'], removed = 0): Promise<void> {
  changes = { position: changes.position + 1, removed, added };
  versions.changed();
  await vi.advanceTimersByTimeAsync(0);
}
const told = () => [ANN, BOB, EVE].map((one) => [versions.version(one), versions.changedAt(one)]);

test('what stood before the start has no time', () => {
  expect(told()).toEqual([
    ['5', 0],
    ['5', 0],
    ['5', 0],
  ]);
});

test('a change concerns its viewer, a shared one the tenant, a removal all', async () => {
  vi.setSystemTime(2_000);
  await change([{ viewerId: 'ann', tenant: 'home', shared: false, sequence: 6 }]);
  vi.setSystemTime(3_000);
  expect(told()).toEqual([
    ['6', 2_000],
    ['5', 0],
    ['5', 0],
  ]);
  await change([{ viewerId: 'ann', tenant: 'home', shared: true, sequence: 7 }]);
  vi.setSystemTime(4_000);
  expect(told()).toEqual([
    ['7', 3_000],
    ['7', 3_000],
    ['5', 0],
  ]);
  await change([], 8);
  expect(told()).toEqual([
    ['8', 4_000],
    ['8', 4_000],
    ['8', 4_000],
  ]);
});

test('a change that is not read yet may concern anybody: no version stands, and it is as late as the change', () => {
  vi.setSystemTime(2_000);
  versions.changed();
  expect(versions.changedAt(EVE)).toBe(2_000);
  expect(versions.version(EVE)).not.toBe(versions.version(EVE));
});
