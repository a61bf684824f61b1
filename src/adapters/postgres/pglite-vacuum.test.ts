import { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exchangeOver } from './pglite-exchange.ts';
import { poolOver } from './pglite-pool.ts';
import { Vacuum } from './pglite-vacuum.ts';

let instance: PGlite;
let pool: Pool;
let vacuum: Vacuum | undefined;
beforeAll(async () => {
  instance = await PGlite.create();
  const exchange = exchangeOver(instance);
  pool = poolOver(async () => (messages) => {
    vacuum?.worked();
    return exchange(messages);
  });
});
afterAll(async () => {
  await pool.end();
  await instance.close();
});

/** Pages of a table and its indexes after `changes` inserts and deletes, with 50 rows at any time. */
async function pagesAfter(table: string, changes: number): Promise<number> {
  for (let change = 0; change < changes; change += 1) {
    await pool.query(`INSERT INTO ${table} VALUES ($1, 0, $2)`, [change + 50, 'x'.repeat(500)]);
    await pool.query(`DELETE FROM ${table} WHERE id = $1`, [change]);
  }
  const { rows } = await pool.query(`SELECT pg_total_relation_size('${table}') / 8192 AS pages`);
  return Number(rows[0].pages);
}

async function make(table: string): Promise<void> {
  await pool.query(`CREATE TABLE ${table} (id INT PRIMARY KEY, changed INT, text TEXT)`);
  await pool.query(`CREATE INDEX ON ${table} (changed)`);
  await pool.query(`INSERT INTO ${table} SELECT id, 0, 'x' FROM generate_series(0, 49) id`);
}

test('a table whose rows come and go is vacuumed by the work that was done: it takes less than half of the pages', async () => {
  // PostgreSQL counts dead rows once a second: fewer changes would be over before the first vacuums.
  await make('worn');
  const worn = await pagesAfter('worn', 8_000);
  await make('kept');
  vacuum = new Vacuum(pool, { every: 200, leastMs: 0 });
  const kept = await pagesAfter('kept', 8_000);
  await vacuum.stop();
  vacuum = undefined;
  expect(kept).toBeLessThan(worn / 2);
});

test('the vacuum starts nothing after the stop, and handles a table with a strange name', async () => {
  await make('"it""s, odd"');
  vacuum = new Vacuum(pool, { every: 100, leastMs: 0 });
  for (let update = 0; update < 600; update += 1)
    await pool.query('UPDATE "it""s, odd" SET changed = changed + 1 WHERE id = $1', [update % 50]);
  await vacuum.stop();
  const vacuums = async () =>
    (await pool.query(`SELECT sum(vacuum_count) AS count FROM pg_stat_user_tables WHERE relname = 'it"s, odd'`))
      .rows[0];
  const { count } = await vacuums();
  expect(Number(count)).toBeGreaterThan(0);
  for (let update = 0; update < 600; update += 1)
    await pool.query('UPDATE "it""s, odd" SET changed = changed + 1 WHERE id = $1', [update % 50]);
  expect((await vacuums()).count).toBe(count);
});

test('it looks where no statement has run for 20 ms, and after four times as many statements in any case', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    let looks = 0;
    const query = () => {
      looks += 1;
      return new Promise(() => undefined);
    };
    const idle = { query } as unknown as Pool;
    const work = (of: Vacuum, statements: number) => {
      for (let statement = 0; statement < statements; statement += 1) {
        of.worked();
        vi.advanceTimersByTime(10);
      }
    };
    const calm = new Vacuum(idle, { every: 10, leastMs: 0 });
    work(calm, 39);
    expect(looks).toBe(0);
    vi.advanceTimersByTime(20);
    expect(looks).toBe(1);
    work(new Vacuum(idle, { every: 10, leastMs: 0 }), 40);
    expect(looks).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
