import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, database } from './database.ts';
import { migrate } from './migrator.ts';
import { firstIdOf, makePartitions } from './partitions.ts';
import { exchangeOver } from './pglite-exchange.ts';
import { poolOver } from './pglite-pool.ts';

let opened: Database;
let folder: string;
beforeAll(async () => {
  const instance = await PGlite.create();
  const pool = poolOver(async () => exchangeOver(instance));
  const close = async () => {
    await pool.end();
    await instance.close();
  };
  opened = database({ pool, engine: 'PGlite', shared: false, close });
});
afterAll(() => opened.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  await opened.query('DROP SCHEMA public CASCADE', []);
  await opened.query('CREATE SCHEMA public', []);
});
afterEach(() => rmSync(folder, { recursive: true }));

function migration(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}
const run = () => migrate(opened, pathToFileURL(`${folder}/`));
const ledger = () =>
  opened.query(
    'SELECT migration_name, finished_at IS NOT NULL AS done, applied_steps_count FROM _prisma_migrations ORDER BY 1',
    [],
  );

test('migrations are applied once, in order, and recorded in Prisma’s table', async () => {
  migration('2_second', 'ALTER TABLE one ADD COLUMN second TEXT;');
  migration(
    '1_first',
    "-- a comment; with a semicolon\nCREATE TABLE one (id INT);\nINSERT INTO one VALUES (1);\nCOMMENT ON TABLE one IS 'a;\nb';",
  );
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  expect(await run()).toEqual(['1_first', '2_second']);
  expect(await run()).toEqual([]);
  migration('3_third', 'CREATE TABLE three (id INT)');
  expect(await run()).toEqual(['3_third']);
  expect(await opened.query('SELECT * FROM one', [])).toEqual([{ id: 1, second: null }]);
  const done = (migration_name: string) => ({ migration_name, done: true, applied_steps_count: 1 });
  expect(await ledger()).toEqual([done('1_first'), done('2_second'), done('3_third')]);
});

test('a failed migration leaves nothing, and the next start tries it again', async () => {
  migration('1_first', 'CREATE TABLE one (id INT); CREATE TABLE one (id INT);');
  await expect(run()).rejects.toThrow(/^migration 1_first: .*already exists; nothing of it was kept$/);
  expect(await opened.query("SELECT to_regclass('one') AS one", [])).toEqual([{ one: null }]);
  migration('1_first', 'CREATE TABLE one (id INT);');
  expect(await run()).toEqual(['1_first']);
});

test('a migration that changed after it was applied is refused with the remedy', async () => {
  migration('1_first', 'CREATE TABLE one (id INT);');
  await run();
  migration('1_first', 'CREATE TABLE one (id INT, more TEXT);');
  await expect(run()).rejects.toThrow(
    /^migration 1_first was changed .* restore prisma\/migrations\/1_first\/migration.sql/,
  );
});

test('a database in which Prisma’s own tool failed is refused, with what to do; one marked as rolled back is not', async () => {
  migration('1_first', 'CREATE TABLE one (id INT);');
  await run();
  await opened.query('UPDATE _prisma_migrations SET finished_at = NULL', []);
  await expect(run()).rejects.toThrow(/^migration 1_first failed .*prisma migrate resolve --rolled-back 1_first$/);
  await opened.query('UPDATE _prisma_migrations SET rolled_back_at = now(); DROP TABLE one', []);
  expect(await run()).toEqual(['1_first']);
});

test('migrations of a newer version stay untouched', async () => {
  migration('1_first', 'CREATE TABLE one (id INT);');
  migration('2_second', 'CREATE TABLE two (id INT);');
  await run();
  rmSync(join(folder, '2_second'), { recursive: true });
  expect(await run()).toEqual([]);
});

test('the least id of a year is what RFC 9562 makes of its first millisecond', () => {
  expect(firstIdOf(2026)).toBe('019b76da-a800-0000-0000-000000000000'); // 1767225600000 ms
  expect(Number.parseInt(firstIdOf(1970).replaceAll('-', '').slice(0, 12), 16)).toBe(0);
});

test('partitions are made for this year and the next two; rows in the way are no reason not to start', async () => {
  await opened.query('CREATE TABLE conversations (id UUID PRIMARY KEY) PARTITION BY RANGE (id)', []);
  await opened.query('CREATE TABLE conversations_rest PARTITION OF conversations DEFAULT', []);
  await opened.query('INSERT INTO conversations VALUES ($1)', [firstIdOf(2028)]);
  const now = new Date('2027-06-01T00:00:00Z');
  await Promise.all([makePartitions(opened, now), makePartitions(opened, now)]);
  await makePartitions(opened, now);
  for (const id of [firstIdOf(2027), firstIdOf(2029), firstIdOf(2031)])
    await opened.query('INSERT INTO conversations VALUES ($1)', [id]);
  expect(await opened.query('SELECT tableoid::regclass::text AS part, id FROM conversations ORDER BY id', [])).toEqual([
    { part: 'conversations_2027', id: firstIdOf(2027) },
    { part: 'conversations_rest', id: firstIdOf(2028) },
    { part: 'conversations_2029', id: firstIdOf(2029) },
    { part: 'conversations_rest', id: firstIdOf(2031) },
  ]);
});
