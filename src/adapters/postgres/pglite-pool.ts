import type { PGlite } from '@electric-sql/pglite';
import { PglitePgConnection } from '@electric-sql/pglite/node-postgres';
import { Client, type ClientConfig, Pool } from 'pg';
import { warn } from '#core/diagnostics.ts';

/** Milliseconds that a statement waits for the one connection. */
const PATIENCE = 15_000;

/** PGlite gathers no statistics by itself, and without them a page would be sorted out of all rows rather than read along its index. */
const SESSION = 'SET enable_bitmapscan = off';

/**
 * A pool of one connection: a second one would land inside whatever transaction is open, and be rolled back with it.
 *
 * PGlite is one session that never ends, while a pool ends a client after each error (`pool.query`, and so Prisma's adapter)
 * and opens the next. Each client has a connection object of its own, so that none hears the late messages of the one
 * before it; it waits until that one is done, and finds a session without transaction, locks or prepared statements.
 */
export function poolOver(instance: PGlite): Pool {
  let ended: Promise<void> = Promise.resolve();

  class OneAfterAnother extends PglitePgConnection {
    override async connect(port: number, host: string): Promise<void> {
      await ended;
      await instance.exec(SESSION);
      await super.connect(port, host);
    }

    override end(): void {
      const { promise, resolve } = Promise.withResolvers<void>();
      ended = promise;
      this.query('ROLLBACK');
      this.query('DISCARD ALL');
      super.end(); // takes all listeners off, and says 'end' when what was sent is done
      this.once('end', resolve);
    }

    // adapter-pg passes `types: { getTypeParser }`: node-postgres ignores what is no array there, the bridge calls .forEach on it.
    override parse(query: { types?: unknown }): void {
      super.parse(Array.isArray(query.types) ? query : { ...query, types: undefined });
    }
  }

  class InProcessClient extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connection: new OneAfterAnother({ pglite: instance }) } as ClientConfig);
    }
  }

  const pool = new Pool({
    Client: InProcessClient,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    connectionTimeoutMillis: PATIENCE,
    idleTimeoutMillis: 0,
  });
  pool.on('error', (error) => warn('store', 'the connection to PGlite broke', error));
  return pool;
}
