import { expect, onTestFinished, test } from 'vitest';
import type { Jobs } from '../ports/jobs.ts';
import { EvaluationRuns, type EvaluationRunsOptions } from './evaluation-runs.ts';

/** One queue that two processes share. */
function sharedQueue(): Jobs {
  const handlers = new Map<string, Parameters<Jobs['handle']>[1]>();
  return {
    shared: true,
    handle: (kind, handler) => void handlers.set(kind, handler),
    run: async (kind, id) => handlers.get(kind)?.(id, AbortSignal.timeout(10_000)),
    depth: async () => ({ running: 0, waiting: 0 }),
    stop: async () => undefined,
  };
}

test('a process that is no worker tells the workers of a run that waits: they do not look for it later', async () => {
  const owners: string[] = [];
  const sharedJobs = sharedQueue();
  const runsOf = (owner: string): EvaluationRuns => {
    const unfinished = async () => {
      owners.push(owner);
      return [];
    };
    const parts = { store: { evaluationSets: { unfinished } }, jobs: sharedQueue(), sharedJobs, owner };
    return new EvaluationRuns({ ...parts, leaseMs: 3_600_000 } as unknown as EvaluationRunsOptions);
  };
  const worker = runsOf('worker');
  await worker.start();
  onTestFinished(() => worker.stop());
  expect(owners).toEqual(['worker']);
  runsOf('web').queued('run', 'viewer');
  await expect.poll(() => owners).toEqual(['worker', 'worker']);
});
