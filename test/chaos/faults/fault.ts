import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder } from '../history/recorder.ts';
import type { Bounds } from '../history/records.ts';
import type { Manners } from '../load/index.ts';
import type { Scene } from '../scene/index.ts';
import type { Replica } from '../scene/replica.ts';

export interface Round {
  readonly scene: Scene;
  readonly recorder: Recorder;
  /** From 0. */
  readonly round: number;
}

export interface Fault {
  readonly what: string;
  readonly bounds?: Partial<Bounds>;
  readonly manners?: Manners;
  /** One round: puts the fault in, and takes it away again. */
  run(round: Round): Promise<void>;
}

/** A replica that runs a generation now, and the generations that it runs. */
export async function streaming({ replicas, store }: Scene): Promise<{ victim: Replica; hits: string[] }> {
  const running = await store.running().catch(() => []);
  const owners = new Map(replicas.map((replica) => [replica.owner, replica]));
  const found = running.flatMap(({ owner }) => owners.get(owner) ?? []).filter(({ isRunning }) => isRunning);
  const victim = found[Math.floor(Math.random() * found.length)] ?? (replicas[0] as Replica);
  return { victim, hits: running.filter(({ owner }) => owner === victim.owner).map(({ id }) => id) };
}

/** For how long a server is away: within what clients wait for, and longer than what a write is retried for. */
export const MILLISECONDS = (): number => 500 + Math.random() * 4_000;

/**
 * A fault of the stores: begins at a random instant, may hit every generation, and is healed when `fault` resolves. `leavesNone`: whether it leaves
 * no server that can answer; otherwise its time is no excuse.
 */
export const lasting =
  (name: string, leavesNone: (round: number) => boolean, fault: (scene: Scene, round: number) => Promise<void>) =>
  async ({ scene, recorder, round }: Round): Promise<void> => {
    await sleep(500 + Math.random() * 2_000);
    recorder.add({ kind: 'fault', fault: name, what: `round ${round + 1}`, hits: null });
    await fault(scene, round);
    recorder.add({ kind: 'healed', fault: name, excuses: leavesNone(round) ? ['silence', 'resume'] : [] });
  };
