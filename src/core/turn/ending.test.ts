import { expect, test } from 'vitest';
import type { PubSub } from '../ports/pub-sub.ts';
import type { BegunTurn, MessageRecord, OpenCall, Store } from '../ports/store.ts';
import type { GenerationRecord } from '../records.ts';
import type { Usage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { TurnEnding } from './ending.ts';
import { type RunLog, type StopRun, TurnRun } from './turn-run.ts';

const log = { open: () => undefined, append: () => true, abandon: () => undefined } as unknown as RunLog;
const used = (inputTokens: number): Usage => ({ inputTokens, outputTokens: 0, costUsd: inputTokens });
const CALL: OpenCall = { model: 'a:b', price: null, inputTokens: 1, from: 0 };

/** What a run charges apart that finds its generation so in the store. `stored`: null where its conversation was deleted. */
async function charged(
  stored: Pick<GenerationRecord, 'epoch' | 'status' | 'usage'> | null,
  {
    told = true,
    why = 'LEASE_LOST',
    presumed = false,
  }: { told?: boolean; why?: StopRun['why']; presumed?: boolean } = {},
): Promise<[string, number][]> {
  const charges: [string, number][] = [];
  const message = stored && ({ status: stored.status, generation: stored } as MessageRecord);
  const store = { messages: { get: async () => message } } as unknown as Store;
  const ending = new TurnEnding(store, {} as PubSub, (_viewer, { model, usage: { inputTokens } }) => {
    charges.push([model, inputTokens]);
  });
  const begun = {
    generation: { id: 'g', epoch: 2, features: [], startedAt: new Date() },
    userMessage: { content: 'q' },
  };
  const resumed = { text: '', usage: used(100) };
  const run = new TurnRun(log, begun as unknown as BegunTurn, { resumed, presumed });
  void run.beginCall(CALL);
  if (told) run.calls.told(CALL);
  run.addUsage(used(10));
  run.stop(why);
  await ending.lost({} as Viewer, run, 'm');
  return charges;
}

test('who is cancelled elsewhere counts apart what was not stored; nothing where its own end was stored', async () => {
  expect(await charged({ epoch: 2, status: 'CANCELLED', usage: used(100) })).toEqual([['a:b', 10]]);
  expect(await charged({ epoch: 2, status: 'CANCELLED', usage: used(110) })).toEqual([]);
  expect(await charged({ epoch: 2, status: 'COMPLETE', usage: used(110) })).toEqual([]);
});

test('who is interrupted or taken over elsewhere counts nothing, for the store counted the call that it knew of', async () => {
  expect(await charged({ epoch: 2, status: 'INTERRUPTED', usage: used(101) })).toEqual([]);
  expect(await charged({ epoch: 3, status: 'STREAMING', usage: used(101) })).toEqual([]);
  expect(await charged({ epoch: 3, status: 'STREAMING', usage: used(101) }, { told: false, presumed: true })).toEqual(
    [],
  );
});

test('a call that the store never knew of is counted apart by who made it; not where the run is released, with all its usage', async () => {
  const taken = { epoch: 3, status: 'STREAMING', usage: used(100) } as const;
  expect(await charged(taken, { told: false })).toEqual([['a:b', 10]]);
  expect(await charged(taken, { told: false, why: 'RELEASED' })).toEqual([]);
});

test('the usage of an answer whose conversation was deleted is counted apart', async () => {
  expect(await charged(null)).toEqual([['a:b', 110]]);
});
