import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, lasting, MILLISECONDS } from './fault.ts';

/** Turns wait for PostgreSQL, or fail as retryable. */
const bounds = { mayFail: true };

/** Rounds in which no replica has a database. */
const ALWAYS = () => true;
const everySecond = (round: number) => round % 2 === 0;
const everyThird = (round: number) => round % 3 === 2;

const restart: Fault = {
  what: 'PostgreSQL stopped and started again, every other time as after a crash',
  bounds,
  run: lasting('postgres-restart', ALWAYS, async ({ postgres }, round) => {
    await postgres.stop(round % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
    await sleep(MILLISECONDS());
    await postgres.start();
  }),
};

const cut: Fault = {
  what: 'every connection to PostgreSQL broken, at one replica or at all; new ones are let through',
  bounds,
  run: lasting(
    'postgres-cut',
    () => false,
    async ({ replicas }, round) => {
      const hit = everySecond(round) ? replicas : replicas.slice(round % 3, (round % 3) + 1);
      for (const { postgres } of hit) postgres.cut();
    },
  ),
};

const away: Fault = {
  what: 'one replica, or all, cannot reach PostgreSQL for a while',
  bounds,
  run: lasting('postgres-away', everySecond, async ({ replicas, leaseMs }, round) => {
    const hit = everySecond(round) ? replicas : replicas.slice(round % 3, (round % 3) + 1);
    for (const { postgres } of hit) postgres.down = true;
    await sleep(MILLISECONDS() + (round % 4 === 3 ? leaseMs : 0));
    for (const { postgres } of hit) postgres.down = false;
  }),
};

const halfOpen: Fault = {
  what: 'nothing passes between a replica and PostgreSQL for longer than the lease, and every connection stays; then all passes, or all break',
  bounds,
  run: lasting('postgres-half-open', everyThird, async ({ replicas, leaseMs }, round) => {
    const hit = everyThird(round) ? replicas : replicas.slice(round % 3, (round % 3) + 1);
    for (const { postgres } of hit) postgres.held = true;
    await sleep(leaseMs + MILLISECONDS());
    for (const { postgres } of hit) {
      if (round % 2 === 0) postgres.cut();
      postgres.held = false;
    }
  }),
};

const delay: Fault = {
  what: 'each piece to and from PostgreSQL 250 ms late',
  bounds,
  run: lasting('postgres-delay', ALWAYS, async ({ replicas }) => {
    for (const { postgres } of replicas) postgres.delayMs = 250;
    await sleep(3_000);
    for (const { postgres } of replicas) postgres.delayMs = 0;
  }),
};

export const postgresFaults = {
  ...{ 'postgres-restart': restart, 'postgres-cut': cut, 'postgres-away': away },
  ...{ 'postgres-half-open': halfOpen, 'postgres-delay': delay },
};
