import { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeOver } from './pglite-exchange.ts';
import { poolOver } from './pglite-pool.ts';

let instance: PGlite;
let pool: Pool;
beforeAll(async () => {
  instance = await PGlite.create();
  pool = poolOver(async () => exchangeOver(instance));
  await pool.query('CREATE TABLE things (name TEXT PRIMARY KEY)');
});
afterAll(async () => {
  await pool.end();
  await instance.close();
});

const one = async (value: number) => (await pool.query<{ n: number }>('SELECT $1::int AS n', [value])).rows[0]?.n;

test('statements that fail among others that do not: each gets its own answer', async () => {
  const asked = Array.from({ length: 60 }, (_, number) => number);
  const answers = await Promise.allSettled(
    asked.map((number) => (number % 3 === 0 ? pool.query('SELECT 1 / $1::int', [0]) : one(number))),
  );
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code))).toEqual(
    asked.map((number) => (number % 3 === 0 ? '22012' : number)), // division_by_zero
  );
});

test('a client that is ended in the middle of a transaction leaves nothing of it to the next', async () => {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query("INSERT INTO things VALUES ('half')");
  client.release(new Error('broke'));
  expect((await pool.query('SELECT * FROM things')).rows).toEqual([]);
  await pool.query("INSERT INTO things VALUES ('whole')");
  expect((await pool.query('SELECT * FROM things')).rows).toEqual([{ name: 'whole' }]);
});

test('the next client prepares a prepared statement again', async () => {
  const named = { name: 'same', text: 'SELECT $1::int AS n' };
  expect((await pool.query({ ...named, values: [1] })).rows).toEqual([{ n: 1 }]);
  await expect(pool.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
  expect((await pool.query({ ...named, values: [2] })).rows).toEqual([{ n: 2 }]);
});

test('a plan that is made while a table is empty reads along its index', async () => {
  await pool.query('CREATE TABLE empty (name TEXT PRIMARY KEY, n INT)');
  const { rows } = await pool.query(`EXPLAIN UPDATE empty SET n = 1 WHERE name IN ('a', 'b')`);
  expect(rows.map((row) => row['QUERY PLAN']).join()).toContain('Index Scan using empty_pkey');
});

test('a prepared statement is planned once, not for each value', async () => {
  const planned = async (value: number) =>
    pool.query({ name: 'planned', text: 'SELECT $1::int AS n', values: [value] });
  for (let value = 0; value < 3; value += 1) await planned(value);
  const { rows } = await pool.query("SELECT * FROM pg_prepared_statements WHERE name = 'planned'");
  expect(rows).toMatchObject([{ generic_plans: '3', custom_plans: '0' }]);
});

test('while one client has a transaction, the others wait for it', async () => {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query("INSERT INTO things VALUES ('taken back')");
  const other = one(7);
  await client.query('ROLLBACK');
  client.release();
  expect(await other).toBe(7);
  expect((await pool.query("SELECT * FROM things WHERE name = 'taken back'")).rows).toEqual([]);
});
