import { type ClientBase, Pool } from 'pg';
import { warn } from '#core/runtime/diagnostics.ts';
import type { Exchange } from './pglite-exchange.ts';
import { PgliteStream } from './pglite-stream.ts';

/** Milliseconds that a statement waits for the one connection. */
const PATIENCE = 15_000;

/**
 * PGlite is one session that never ends, while a pool ends a client after each error (`pool.query`, and so Prisma's adapter) and
 * opens the next, which must find a session without transaction, locks or prepared statements. PGlite gathers no statistics by
 * itself, and without them a page would be sorted out of all rows rather than read along its index. A plan is kept with its prepared
 * statement, and one that was made while a table was empty would read all of it for ever after: a second's flush of the running
 * answers every generation there is. Left to itself, PostgreSQL plans the beginning of a turn again each time, because a plan for one
 * value names its partition: that took three times as long as what it plans.
 */
const GREETING = [
  'ROLLBACK',
  'DISCARD ALL',
  'SET enable_bitmapscan = off',
  'SET enable_seqscan = off',
  'SET plan_cache_mode = force_generic_plan',
];

async function greet(client: ClientBase): Promise<void> {
  for (const statement of GREETING) await client.query(statement);
}

/** A pool of one connection, which requests the session when it is created. Statements of a second connection would join an open transaction and be rolled back with it. */
export function poolOver(session: () => Promise<Exchange>): Pool {
  const pool = new Pool({
    stream: () => new PgliteStream(session),
    onConnect: greet,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    connectionTimeoutMillis: PATIENCE,
    idleTimeoutMillis: 0,
  });
  pool.on('error', (error) => warn('store', 'the connection to PGlite broke', error));
  return pool;
}
