import { clients } from './clients.ts';
import type { Fault } from './fault.ts';
import { pairs } from './pairs.ts';
import { postgresFaults } from './postgres.ts';
import { kill, restart, sleepPastLease } from './processes.ts';
import { redisFaults } from './redis.ts';

/** By the name that `npm run chaos -- --only` takes, in the order of a run. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  ...{ kill, sleep: sleepPastLease, restart },
  ...redisFaults,
  ...postgresFaults,
  ...pairs,
  clients,
};
