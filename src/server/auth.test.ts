import { expect, test } from 'vitest';
import { wrong } from '../../test/support/wrong.ts';
import { authenticator } from './auth.ts';

test('with AUTH=none the local viewer is asked for again after the store failed, and once after it answered', async () => {
  let asked = 0;
  const authenticate = authenticator({
    auth: 'none',
    parley: {
      apiKeys: wrong({ authenticate: async () => null }),
      viewer: async (identity) => {
        asked += 1;
        if (asked === 1) throw new Error('no space left on device');
        return { ...identity, id: 'v1' };
      },
    },
  });
  await expect(authenticate(undefined)).rejects.toThrow('no space left');
  expect(await authenticate(undefined)).toMatchObject({ id: 'v1', isLocal: true });
  await authenticate(undefined);
  expect(asked).toBe(2);
});
