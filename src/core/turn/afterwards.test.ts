import { beforeEach, expect, test, vi } from 'vitest';
import type { PluginDriver } from '../hooks/driver.ts';
import type { ModelRequest } from '../ports/language-model.ts';
import type { QualityReport, Turn } from '../turn.ts';
import { Afterwards } from './afterwards.ts';
import type { TurnEnding } from './ending.ts';
import type { TurnRun } from './turn-run.ts';

const TURN = { content: 'Who?', passages: [], history: [], summary: null } as unknown as Turn;
const REPORT = { overall: 1 } as QualityReport;
const never = new Promise<never>(() => undefined);
async function* silence() {}
const runOf = () =>
  ({ text: 'Me.', citations: [], features: new Set(), ask: silence, charge: () => undefined }) as unknown as TurnRun;
const askModel = (run: TurnRun) => run.ask({} as ModelRequest, null, new AbortController().signal);

/** Judges by these, one after the other. */
function afterwards(...judges: ((run: TurnRun) => Promise<QualityReport>)[]): Afterwards {
  const assess = (_sample: unknown, run: unknown) => judges.shift()?.(run as TurnRun);
  const driver = { has: () => true, assess } as unknown as PluginDriver;
  return new Afterwards({ driver, store: {} as TurnEnding });
}

// Time stands still: what waits for a timer waits for ever.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

test('a report that is there at once is stored with its answer', async () => {
  expect(await afterwards(async () => REPORT).judge(TURN, runOf())?.soon).toBe(REPORT);
});

test('an answer does not wait for a judge that asks a model', async () => {
  const judging = afterwards(async (run) => {
    askModel(run);
    return never;
  }).judge(TURN, runOf());
  expect(await judging?.soon).toBeNull();
});

test('nor for one that asked a model for the answer before, until one comes without', async () => {
  const judges = afterwards(
    async (run) => {
      askModel(run);
      return REPORT;
    },
    () => Promise.resolve(REPORT),
    () => Promise.resolve(REPORT),
  );
  await judges.judge(TURN, runOf())?.report;
  const second = judges.judge(TURN, runOf());
  expect(await second?.soon).toBeNull();
  expect(await second?.report).toBe(REPORT);
  expect(await judges.judge(TURN, runOf())?.soon).toBe(REPORT);
});
