import { expect, test } from 'vitest';
import type { EventLog } from '../ports/event-log.ts';
import type { BegunTurn, FlushedTurn, OpenCall, Store } from '../ports/store.ts';
import { RunningGenerations } from './running-generations.ts';
import { TurnRun } from './turn-run.ts';

const LEASE = 1_000;
const log = { open: () => undefined, append: () => true } as unknown as EventLog;
const runOf = (epoch: number, id = 'g') =>
  new TurnRun(log, {
    generation: { id, epoch, features: [], startedAt: new Date() },
    userMessage: { content: 'q' },
  } as unknown as BegunTurn);

test('a run whose generation this replica itself has taken over under the next epoch is stopped', async () => {
  const flushed: number[] = [];
  const store = {
    shared: true,
    generations: {
      async flush(_owner: string, _leaseMs: number, turns: readonly { readonly epoch: number }[]) {
        flushed.push(...turns.map(({ epoch }) => epoch));
        return [];
      },
    },
  } as unknown as Store;
  const running = new RunningGenerations({ store, owner: 'here', leaseMs: LEASE, flushMs: 10 });
  const before = runOf(1);
  running.add(before, performance.now() - LEASE);
  const after = runOf(2);
  running.add(after, performance.now());
  await expect(before.held()).rejects.toMatchObject({ name: 'StopRun', why: 'LEASE_LOST' });
  await before.answered;
  await running.cancel('g');
  expect([before.signal.aborted, after.signal.aborted, flushed.includes(1)]).toEqual([true, true, false]);
});

test('calls that begin at once are told in one statement, and each of them before its tell resolves', async () => {
  const flushed: (readonly (string | undefined)[])[] = [];
  const store = {
    shared: true,
    generations: {
      async flush(_owner: string, _leaseMs: number, turns: readonly FlushedTurn[]) {
        flushed.push(turns.map(({ openCall }) => openCall?.model));
        await new Promise((resolve) => setTimeout(resolve, 5));
        return [];
      },
    },
  } as unknown as Store;
  const running = new RunningGenerations({ store, owner: 'here', leaseMs: 60_000, flushMs: 60_000 });
  const runs = ['one', 'two', 'three'].map((id) => runOf(2, id));
  for (const run of runs) running.add(run, performance.now());
  const call = (model: string): OpenCall => ({ model, price: null, inputTokens: 1, from: 0 });
  const first = runs[0]?.beginCall(call('a'));
  const others = Promise.all([runs[1]?.beginCall(call('b')), runs[2]?.beginCall(call('c'))]);
  await first;
  expect(runs[0]?.calls.isTold).toBe(true);
  await others;
  expect(runs.map(({ calls }) => calls.isUntold)).toEqual([false, false, false]);
  expect(flushed.length).toBeLessThanOrEqual(2);
  // No lease is to be renewed now: it is the call alone that is flushed.
  runs[0]?.calls.end();
  await runs[0]?.beginCall(call('d'));
  expect([runs[0]?.calls.isTold, flushed.at(-1)?.[0]]).toEqual([true, 'd']);
  expect(runOf(1).beginCall(call('e'))).toBeUndefined();
});
