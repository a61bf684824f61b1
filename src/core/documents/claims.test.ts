import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IngestionClaims } from './claims.ts';

const LEASE = 10_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function claimsOver(mine: (id: string) => boolean = () => true) {
  const renewed: (readonly string[])[] = [];
  const waiting = { ids: [] as string[] };
  const onWaiting = vi.fn();
  const renewClaims = vi.fn(async (_owner: string, _leaseMs: number, ids: readonly string[]) => {
    renewed.push(ids);
    return ids.filter((one) => one !== 'gone');
  });
  const claims = new IngestionClaims({
    documents: { claim: async (id) => mine(id), renewClaims, unfinished: async () => waiting.ids },
    owner: 'a',
    onWaiting,
    leaseMs: LEASE,
  });
  return { claims, renewed, renewClaims, waiting, onWaiting };
}

test('a claim is renewed well within its lease, until the work ends', async () => {
  const { claims, renewed } = claimsOver();
  await claims.start();
  const { promise: work, resolve } = Promise.withResolvers<void>();
  const held = claims.holding('one', () => work);
  await vi.advanceTimersByTimeAsync(LEASE);
  expect(renewed.length).toBeGreaterThanOrEqual(3);
  expect(renewed.every((ids) => ids.join() === 'one')).toBe(true);
  resolve();
  await held;
  renewed.length = 0;
  await vi.advanceTimersByTimeAsync(3 * LEASE);
  expect(renewed).toEqual([]);
  claims.stop();
});

test('work on a deleted document is aborted, and no other', async () => {
  const { claims } = claimsOver();
  await claims.start();
  const signals = ['one', 'gone'].map((id) => {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    void claims.holding(id, async ({ signal }) => {
      resolve(signal);
      await new Promise(() => undefined);
    });
    return promise;
  });
  const [one, gone] = await Promise.all(signals);
  await vi.advanceTimersByTimeAsync(LEASE);
  expect([one?.aborted, gone?.aborted]).toEqual([false, true]);
  claims.stop();
});

test('another owner’s document is left alone; a failed one is released', async () => {
  const { claims, renewed } = claimsOver((id) => id !== 'theirs');
  const work = vi.fn();
  await claims.holding('theirs', work);
  expect(work).not.toHaveBeenCalled();
  const failing = claims.holding('mine', async () => {
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  await claims.start();
  await vi.advanceTimersByTimeAsync(LEASE);
  expect(renewed).toEqual([]);
  claims.stop();
});

test('waiting documents are found at the start and later, also after a failure of the store', async () => {
  const { claims, renewClaims, waiting, onWaiting } = claimsOver();
  waiting.ids = ['early'];
  await claims.start();
  expect(onWaiting.mock.calls).toEqual([['early']]);
  waiting.ids = ['late'];
  renewClaims.mockRejectedValueOnce(new Error('no answer'));
  void claims.holding('one', () => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2 * LEASE);
  expect(renewClaims.mock.calls.length).toBeGreaterThan(1);
  expect(onWaiting).toHaveBeenCalledWith('late');
  claims.stop();
});
