import { expect, test } from 'vitest';
import type { Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import { apiKeys } from './api-keys.ts';

const ANN: Viewer = { id: 'v', subject: 'ann', tenant: 'home', role: 'USER' };

/** A store whose look-ups end when they are let go. */
function heldStore() {
  const lookUps: ((viewer: Viewer | Error | null) => void)[] = [];
  const store = {
    apiKeys: {
      find: () =>
        new Promise((resolve, reject) => {
          lookUps.push((viewer) =>
            viewer instanceof Error ? reject(viewer) : resolve(viewer === null ? null : { viewer }),
          );
        }),
      revoke: async () => ({ id: 'k' }),
    },
    audit: { record: async () => undefined },
  } as unknown as Store;
  return { lookUps, keys: apiKeys(store) };
}

test('a thousand clients of one key that come at once cost one look-up', async () => {
  const { lookUps, keys } = heldStore();
  const coming = Array.from({ length: 1_000 }, () => keys.authenticate('secret'));
  expect(lookUps).toHaveLength(1);
  lookUps[0]?.(ANN);
  expect(new Set(await Promise.all(coming))).toEqual(new Set([ANN]));
  expect(await keys.authenticate('secret')).toBe(ANN);
  expect(lookUps).toHaveLength(1);
});

test('a key that is revoked while it is looked up is looked up again', async () => {
  const { lookUps, keys } = heldStore();
  const before = keys.authenticate('secret');
  await keys.revoke(ANN, 'k');
  const after = keys.authenticate('secret');
  lookUps[0]?.(ANN);
  lookUps[1]?.(null);
  await before;
  expect(await after).toBeNull();
  expect(await keys.authenticate('secret')).toBeNull();
  expect(lookUps).toHaveLength(2);
});

test('a look-up that fails is none: the next client asks again', async () => {
  const { lookUps, keys } = heldStore();
  const failing = keys.authenticate('secret');
  lookUps[0]?.(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  const again = keys.authenticate('secret');
  lookUps[1]?.(ANN);
  expect(await again).toBe(ANN);
});
