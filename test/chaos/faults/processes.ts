import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, streaming } from './fault.ts';

/** Milliseconds that a process sleeps. */
const ASLEEP = 10_000;

export const kill: Fault = {
  what: 'kill -9 of a replica that streams; it starts again at once, or after the lease',
  async run({ scene, recorder, round }) {
    await sleep(Math.random() * 2_000);
    const { victim, hits } = await streaming(scene);
    recorder.add({ kind: 'fault', fault: 'kill', what: `replica ${victim.number}`, hits });
    await victim.process.kill();
    if (round % 2 === 1) await sleep(scene.leaseMs + 1_500);
    await victim.open();
  },
};

export const sleepPastLease: Fault = {
  what: `SIGSTOP of a replica that streams for ${ASLEEP / 1_000} s, then SIGCONT`,
  async run({ scene, recorder }) {
    await sleep(Math.random() * 2_000);
    const { victim, hits } = await streaming(scene);
    recorder.add({ kind: 'fault', fault: 'sleep', what: `replica ${victim.number}`, hits });
    victim.process.child.kill('SIGSTOP');
    await sleep(ASLEEP);
    victim.process.child.kill('SIGCONT');
    // A reader at the server that sleeps hears nothing, and its connection stays.
    recorder.add({ kind: 'healed', fault: 'sleep', excuses: ['silence'] });
    await sleep(1_000);
  },
};

export const restart: Fault = {
  what: 'SIGTERM of one replica after the other; each starts again',
  async run({ scene, recorder }) {
    for (const replica of scene.replicas) {
      await sleep(500 + Math.random() * 1_000);
      const running = await scene.store.running();
      const hits = running.filter(({ owner }) => owner === replica.owner).map(({ id }) => id);
      recorder.add({ kind: 'fault', fault: 'restart', what: `replica ${replica.number}`, hits });
      const code = await replica.process.terminate();
      if (code !== 0) throw new Error(`replica ${replica.number} ended with ${code}:\n${replica.process.output()}`);
      await replica.open();
    }
  },
};
