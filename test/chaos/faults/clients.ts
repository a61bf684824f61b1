import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** No server fails: clients vanish, cancel at whatever replica, and send a message at two replicas at once. */
export const clients: Fault = {
  what: 'clients vanish, cancel anywhere, and send one clientMutationId at two replicas',
  manners: { vanish: 0.3, cancel: 0.3, twice: 0.5, same: 0.5, strangers: 0.3 },
  run: () => sleep(4_000),
};
