import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Database, Query } from './database.ts';

/** Prisma's own ledger: https://github.com/prisma/prisma-engines/blob/main/schema-engine/ARCHITECTURE.md */
const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;
/** The number under which Prisma's schema engine locks too, so that it and two servers that start at once take turns. */
const LOCK = 72_707_369;
/** Milliseconds for one statement of a migration, and for another server's migrations to end. */
const PATIENCE = 10 * 60_000;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}
interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/**
 * Applies what is new in prisma/migrations, in order, each in a transaction, and records it in Prisma's own ledger, so that
 * `prisma migrate deploy` elsewhere agrees. Answers the names that were applied. Throws an Error that tells what to do where
 * the database holds a migration which failed, or which is no longer what it was. What a newer version applied is let be.
 */
export async function migrate({ transaction, query }: Database, directory: URL): Promise<string[]> {
  const migrations = await readMigrations(directory);
  if ((await pending(query, migrations)).length === 0) return [];
  const applied: string[] = [];
  for (const migration of migrations) {
    const isNew = await transaction((run) => applyIfNew(run, migration), { patience: PATIENCE });
    if (isNew) applied.push(migration.name);
  }
  return applied;
}

async function applyIfNew(run: Query, migration: Migration): Promise<boolean> {
  const { name, sql, checksum } = migration;
  await run(`SELECT pg_advisory_xact_lock(${LOCK})`, []);
  await run(LEDGER, []);
  if ((await pending(run, [migration])).length === 0) return false; // another server was quicker
  try {
    await run(sql, []);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`migration ${name}: ${reason}; nothing of it was kept`, { cause: error });
  }
  await run(
    'INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, now(), $3, 1)',
    [randomUUID(), checksum, name],
  );
  return true;
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const names = (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, directory), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** The migrations that are not applied. Takes no lock: the usual start runs only this. */
async function pending(query: Query, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const [ledger] = await query<{ present: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present",
    [],
  );
  if (!ledger?.present) return migrations;
  const rows = await query<Applied & Record<string, unknown>>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    [],
  );
  const byName = new Map(rows.map((row) => [row.migration_name, row]));
  return migrations.filter(({ name, checksum }) => {
    const row = byName.get(name);
    if (row) check(row, checksum);
    return !row;
  });
}

function check({ migration_name: name, finished_at, checksum }: Applied, expected: string): void {
  if (finished_at === null)
    throw new Error(
      `migration ${name} failed in this database before; repair what it left, then run: prisma migrate resolve --rolled-back ${name}`,
    );
  if (checksum !== expected)
    throw new Error(
      `migration ${name} was changed after this database had applied it; restore prisma/migrations/${name}/migration.sql, and put the change into a migration of its own`,
    );
}
