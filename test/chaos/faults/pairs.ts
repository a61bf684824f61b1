import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, MILLISECONDS, type Round, streaming } from './fault.ts';
import { emptied } from './redis.ts';

/** Milliseconds in which most answers end: one that three kills in a row hit is interrupted. */
const ANSWER = 4_000;

/** A replica is killed while the fault of a store lasts, and starts again after it. */
const killed =
  (name: string, leavesNone: boolean, fault: (round: Round) => Promise<void>) =>
  async (round: Round): Promise<void> => {
    const { scene, recorder } = round;
    await sleep(500 + Math.random() * 2_000);
    const { victim } = await streaming(scene);
    recorder.add({ kind: 'fault', fault: name, what: `replica ${victim.number}`, hits: null });
    await Promise.all([victim.process.kill(), fault(round)]);
    recorder.add({ kind: 'healed', fault: name, excuses: leavesNone ? ['silence', 'resume'] : [] });
    await victim.open();
    await sleep(ANSWER);
  };

const killAndPostgres: Fault = {
  what: 'kill -9 of a replica that streams, and PostgreSQL stopped and started at the same time',
  bounds: { mayFail: true },
  run: killed('kill-postgres', true, async ({ scene: { postgres }, round }) => {
    await postgres.stop(round % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
    await sleep(MILLISECONDS());
    await postgres.start();
  }),
};

const killAndRedis: Fault = {
  what: 'kill -9 of a replica that streams, and Redis emptied at the same time',
  run: killed('kill-redis', false, ({ scene }) => emptied(scene)),
};

export const pairs = { 'kill-postgres': killAndPostgres, 'kill-redis': killAndRedis };
