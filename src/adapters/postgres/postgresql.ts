import { Pool } from 'pg';
import { warn } from '#core/runtime/diagnostics.ts';
import { retry } from '#core/runtime/retry.ts';
import type { Connection } from './database.ts';

export interface PostgresqlOptions {
  readonly url: string;
  readonly poolSize: number;
}

/** Milliseconds for a connection, for a statement, and for a transaction whose replica has stopped in the middle of it. */
const CONNECT = 1_000;
const STATEMENT = 10_000;
const IDLE_IN_TRANSACTION = 10_000;
const LEAST_VERSION = 15;
/** A busy server may take longer for the first connection: a start tries again, a server that is not there fails at once. */
const START = { tries: 8, firstMs: 100, longestMs: 500, keepAlive: true, isTransient: isTimeout };

/** A PostgreSQL server, 15 or newer. Throws an Error that tells what is wrong with it. */
export async function openPostgresql({ url, poolSize }: PostgresqlOptions): Promise<Connection> {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT,
    statement_timeout: STATEMENT,
    query_timeout: STATEMENT + 1_000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
    keepAlive: true,
    application_name: 'parley',
  });
  // A server that ends a connection as it becomes ready can say so in the packet that says it is ready: neither the pool listens then
  // nor, yet, who gets the connection. An error without a listener would end this process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => warn('store', 'an idle connection to PostgreSQL broke', error));
  try {
    const versionOf = () =>
      pool.query<{ version: string; number: number }>(
        "SELECT split_part(current_setting('server_version'), ' ', 1) AS version, current_setting('server_version_num')::int / 10000 AS number",
      );
    const { rows } = await retry(versionOf, START);
    const [{ version, number } = { version: 'unknown', number: 0 }] = rows;
    if (number < LEAST_VERSION)
      throw new Error(`PostgreSQL ${version} is too old: ${LEAST_VERSION} or newer is needed`);
    return { pool, engine: `PostgreSQL ${version}`, shared: true, close: () => pool.end() };
  } catch (error) {
    await pool.end();
    throw new Error(
      `POSTGRES_URL: ${error instanceof Error ? error.message || error.name : error}; is the server up, and the URL right?`,
      { cause: error },
    );
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message);
}
