/** One fault, some rounds of it under load, and what came of it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker/index.ts';
import { PLANTS } from './checker/plants.ts';
import type { Violation } from './checker/reading.ts';
import type { Fault } from './faults/fault.ts';
import { Recorder } from './history/recorder.ts';
import type { Bounds, History, SeenEvent } from './history/records.ts';
import { Load, USUAL } from './load/index.ts';
import type { Scene } from './scene/index.ts';

export interface PhaseOptions {
  readonly name: string;
  readonly fault: Fault;
  readonly rounds: number;
  readonly atOnce: number;
  /** Folder of the histories. */
  readonly folder: string;
  /** A violation to plant. */
  readonly plant: string | undefined;
}

export interface Phase {
  readonly history: History;
  readonly violations: readonly Violation[];
}

export async function runPhase(
  scene: Scene,
  { name, fault, rounds, atOnce, folder, plant }: PhaseOptions,
): Promise<Phase> {
  const recorder = new Recorder(join(folder, `${name}.jsonl`));
  const bounds: Bounds = {
    ...{ silence: scene.leaseMs + 5_000, resume: 2_000, mayFail: false, evaluated: true },
    ...fault.bounds,
  };
  scene.provider.onEnd = (question, whole) => recorder.add({ kind: 'call', question, whole });
  const since = await scene.store.now();
  await sample(scene, recorder, 'before');
  const keep = plant === 'loss' ? { keep: losing } : {};
  const load = new Load(scene, recorder, { atOnce, manners: fault.manners ?? USUAL, ...keep });
  load.start();
  await sleep(2_000);
  for (let round = 0; round < rounds; round += 1) await fault.run({ scene, recorder, round });
  await load.stop();
  await ended(scene, bounds.silence + JUDGED);
  await sample(scene, recorder, 'after');
  const sound = { records: recorder.records, state: await scene.store.state(since), bounds };
  const history = plant === undefined || plant === 'loss' ? sound : (PLANTS[plant]?.apply(sound) ?? sound);
  recorder.close();
  return { history, violations: check(history) };
}

/** The first readers lose their second token. */
function losing(reader: number): ((event: SeenEvent) => readonly SeenEvent[]) | undefined {
  if (reader > 4) return undefined;
  let deltas = 0;
  return (event) => {
    if (event.__typename === 'TextDelta') deltas += 1;
    return event.__typename === 'TextDelta' && deltas === 2 ? [] : [event];
  };
}

/** Milliseconds in which another replica judges what a dead one left, with a machine that is busy. */
const JUDGED = 40_000;

/** Waits until no generation runs, or waits for its evaluation. */
async function ended({ store }: Scene, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until && (await store.unfinished()) > 0) await sleep(200);
}

/** Milliseconds in which what clients held is given back. */
const RETURN = 10_000;

async function sample({ replicas, provider }: Scene, recorder: Recorder, when: 'before' | 'after'): Promise<void> {
  for (const replica of replicas) {
    if (!replica.isRunning) {
      recorder.add({ kind: 'died', replica: replica.number });
      await replica.open();
    }
    const until = performance.now() + RETURN;
    for (;;) {
      const figures = { ...(await replica.resources()), providerCalls: provider.openCalls() };
      const isIdle = figures.generations + figures.connections + figures.providerCalls === 0;
      if (!isIdle && performance.now() < until) {
        await sleep(200);
        continue;
      }
      recorder.add({
        ...{ kind: 'resources', replica: replica.number, process: replica.process.child.pid ?? 0, when, figures },
      });
      break;
    }
  }
}
