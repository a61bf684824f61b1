import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { AppError } from '#core/errors.ts';
import { withDeadline } from '#core/runtime/deadline.ts';
import { emit } from '#core/runtime/diagnostics.ts';
import { storable } from '#core/text/characters.ts';

/** Runs one statement and answers its rows. */
export type Query = <Row extends QueryResultRow>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

export interface TransactionOptions {
  /** Milliseconds that each statement may take, where the pool's own limit is too short: for migrations. */
  readonly patience?: number;
}

/** The one door to the database: statements, transactions, and errors in Parley's words. */
export interface Database {
  readonly pool: Pool;
  readonly engine: string;
  readonly shared: boolean;
  readonly query: Query;
  /** All or nothing. Rolls back when `work` throws. */
  transaction<T>(work: (query: Query) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Resolves where a statement of its own, or any that ends meanwhile, is answered within so many milliseconds. A connection that does
   * not answer is closed: otherwise checks would hold all that the pool has.
   */
  check(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface Connection {
  readonly pool: Pool;
  readonly engine: string;
  readonly shared: boolean;
  close(): Promise<void>;
}

export function database({ pool, engine, shared, close }: Connection): Database {
  /** A connection for the time of `work`; given back, or ended where it broke. */
  async function lend<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error) => {
      throw storeError(error);
    });
    let broken: Error | undefined;
    // A connection that breaks while it is lent emits an error here. The running statement rejects too.
    const noteBreak = (error: Error) => {
      broken = error;
    };
    client.on('error', noteBreak);
    try {
      return await work(client);
    } catch (error) {
      if (shared && isUnavailable(error)) broken ??= error as Error;
      throw error;
    } finally {
      client.off('error', noteBreak);
      client.release(broken);
    }
  }

  let answeredAt = 0;
  const onAnswer = () => {
    answeredAt = performance.now();
  };

  return {
    pool,
    engine,
    shared,
    close,
    query: (sql, parameters) => lend((client) => queryOn(client, { prepared: !shared, onAnswer })(sql, parameters)),
    async check(milliseconds) {
      const since = performance.now();
      const inTime = <T>(work: () => Promise<T>) =>
        withDeadline(milliseconds, work, { late: unanswered, idleTime: true });
      try {
        await inTime(() => lend((client) => inTime(() => queryOn(client)('SELECT 1', []))));
      } catch (error) {
        if (answeredAt < since) throw error;
      }
    },
    transaction: (work, { patience } = {}) =>
      lend(async (client) => {
        const run = queryOn(client, { onAnswer, ...(patience === undefined ? {} : { patience }) });
        await run('BEGIN', []);
        try {
          if (patience !== undefined) await run(`SET LOCAL statement_timeout = ${Math.trunc(patience)}`, []);
          const result = await work(run);
          await run('COMMIT', []);
          return result;
        } catch (error) {
          // A server that does not answer gets no ROLLBACK: closing the connection has the same effect.
          if (!shared || !isUnavailable(error)) await run('ROLLBACK', []);
          throw error;
        }
      }),
  };
}

interface QueryOptions {
  readonly patience?: number;
  /** Planned once a connection: on PGlite planning costs as much as running. Not on a server, where a pooler may stand between. */
  readonly prepared?: boolean;
  readonly onAnswer?: () => void;
}

function queryOn(client: PoolClient, { patience, prepared = false, onAnswer }: QueryOptions = {}): Query {
  return async (text, parameters) => {
    const values = parameters.map(held);
    const started = performance.now();
    const told = (failed: boolean) => emit('parley:statement', { durationMs: performance.now() - started, failed });
    try {
      // node-postgres reads `query_timeout` of a statement; its types do not name it.
      const statement = {
        text,
        values,
        ...(patience === undefined ? {} : { query_timeout: patience + 1_000 }),
        ...(prepared && parameters.length > 0 ? { name: nameOf(text) } : {}),
      };
      const { rows } = await client.query(statement);
      told(false);
      onAnswer?.();
      return rows;
    } catch (error) {
      told(true);
      throw storeError(error);
    }
  };
}

const names = new Map<string, string>();
/** Statements are a fixed set, so this is one too. */
function nameOf(text: string): string {
  const known = names.get(text) ?? `s${names.size}`;
  names.set(text, known);
  return known;
}

/** Postgres holds neither NUL nor lone surrogates; both become U+FFFD, so that lengths and offsets stay. */
function held(parameter: unknown): unknown {
  if (typeof parameter === 'string') return storable(parameter);
  return Array.isArray(parameter) ? parameter.map(held) : parameter;
}

/** An escape in JSON's text. JSON.stringify escapes only lone surrogates, not pairs (ECMA-262, QuoteJSONString). */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;
const UNSTORABLE = /^\\u(?:0000|d[89a-f])/;

/** JSON for a jsonb parameter. jsonb holds no NUL and no lone surrogate; names are cleaned too. */
export function json(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  return text.includes('\\u') ? text.replace(ESCAPE, (part) => (UNSTORABLE.test(part) ? '\\ufffd' : part)) : text;
}

/** Transient errors: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const PASSING = /^(08|53|57P|58|40|25006|25P03|57014|55P03)/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/;
const LOST = /timeout|timed out|Connection terminated|connection is closed|not queryable|Cannot use a pool after/i;

/** Converts an error of a client library to the error of a store method. */
export function storeError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code = '', message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  const known = String(code);
  return PASSING.test(known) || NETWORK.test(known) || LOST.test(message) ? unanswered(error) : error;
}

const unanswered = (cause?: unknown): AppError =>
  new AppError('STORE_UNAVAILABLE', 'The database did not answer', {
    retryAfter: 1,
    ...(cause === undefined ? {} : { cause }),
  });

const isUnavailable = (error: unknown): boolean => error instanceof AppError && error.code === 'STORE_UNAVAILABLE';
export const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A string that is none finds nothing; it never reaches the SQL. */
export const isUuid = (value: string): boolean => UUID.test(value);
/**
 * A condition on a parameter that may be null, which then asks for nothing. Each case is a statement of its own: PGlite keeps one plan
 * for all values, and `$1 IS NULL OR …` could not read along an index.
 */
export const unlessNull = (value: unknown, parameter: string, condition: string): string =>
  value === null || value === undefined ? `${parameter} IS NULL` : condition;
/** Rounds and bounds a value for an INTEGER column or parameter. */
export const whole = (value: number): number => Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.round(value)));
