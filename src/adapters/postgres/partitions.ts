import { warn } from '#core/runtime/diagnostics.ts';
import type { Database } from './database.ts';

/** The least UUIDv7 of a year: its first 48 bits are milliseconds since the epoch (RFC 9562, section 5.7). */
export function firstIdOf(year: number): string {
  const hex = Date.UTC(year, 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The advisory lock's number; arbitrary, unique in Parley. */
const LOCK = 7_205_760;
/** check_violation: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const ROWS_IN_THE_WAY = '23514';

/**
 * Makes the partitions of conversations for this year and the next two, where they are missing: one statement when none is.
 * Safe on many replicas at once. Where rows of such a year lie in the default partition already, that is a warning: all
 * works on, only slower.
 */
export async function makePartitions({ query, transaction }: Database, now = new Date()): Promise<void> {
  const years = [0, 1, 2].map((ahead) => now.getUTCFullYear() + ahead);
  const missing = await query<{ year: number }>(
    "SELECT year FROM unnest($1::int[]) AS year WHERE to_regclass('conversations_' || year) IS NULL",
    [years],
  );
  for (const { year } of missing) {
    const [from, to] = [firstIdOf(year), firstIdOf(year + 1)];
    await transaction(async (run) => {
      await run(`SELECT pg_advisory_xact_lock(${LOCK})`, []);
      await run(
        `CREATE TABLE IF NOT EXISTS conversations_${year} PARTITION OF conversations FOR VALUES FROM ('${from}') TO ('${to}')`,
        [],
      );
    }).catch((error) => {
      if ((error as { code?: unknown }).code !== ROWS_IN_THE_WAY) throw error;
      warn('store', `conversations of ${year} lie in conversations_rest: move them to a partition of their own`, error);
    });
  }
}
