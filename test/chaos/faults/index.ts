import type { Fault } from './fault.ts';
import { kill, restart, sleepPastLease } from './processes.ts';

/** By the name that `npm run chaos -- --only` takes, in the order of a run. */
export const FAULTS: Readonly<Record<string, Fault>> = { kill, sleep: sleepPastLease, restart };
