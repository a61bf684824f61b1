import { expect, test } from 'vitest';
import type { EventLog } from '../ports/event-log.ts';
import type { BegunTurn, Store } from '../ports/store.ts';
import { RunningGenerations } from './running-generations.ts';
import { TurnRun } from './turn-run.ts';

const LEASE = 1_000;
const log = { open: () => undefined, append: () => true } as unknown as EventLog;
const runOf = (epoch: number) =>
  new TurnRun(log, {
    generation: { id: 'g', epoch, features: [], startedAt: new Date() },
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
