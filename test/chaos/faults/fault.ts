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
