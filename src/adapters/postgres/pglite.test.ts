import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { database } from './database.ts';
import { openPglite } from './pglite.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'parley-data-'));

test('the start fails if the database cannot be created, and the next one creates it', async () => {
  const folder = newFolder();
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  await expect(openPglite(folder)).rejects.toThrow('the database could not be made: its process ended with 9');
  vi.unstubAllEnvs();
  const { pool, close } = await openPglite(folder);
  expect((await pool.query('SHOW shared_buffers')).rows).toEqual([{ shared_buffers: '32MB' }]);
  await close();
});

test('the process that creates a database ends with its parent', async () => {
  const folder = join(newFolder(), 'postgres.new');
  const child = fork(new URL('./make-database.ts', import.meta.url), [folder], { execArgv: [] });
  child.disconnect();
  expect((await once(child, 'exit'))[0]).toBe(1);
  expect(existsSync(join(folder, 'PG_VERSION'))).toBe(false);
});

test('a database whose thread ends is opened again, with all that was committed', async () => {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  process.on('worker', note);
  const opened = database(await openPglite(newFolder()));
  try {
    await opened.query('CREATE TABLE things (name TEXT)', []);
    await opened.query("INSERT INTO things VALUES ('kept')", []);
    await threads[0]?.terminate();
    await expect(opened.query('SELECT 1', [])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await opened.query('SELECT * FROM things', [])).toEqual([{ name: 'kept' }]);
    expect(threads).toHaveLength(2);
  } finally {
    process.off('worker', note);
    await opened.close();
  }
});

test('a database whose thread ended is closed, and its folder is free', async () => {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  process.on('worker', note);
  const folder = newFolder();
  const { close } = await openPglite(folder);
  process.off('worker', note);
  await threads[0]?.terminate();
  await close();
  await (await openPglite(folder)).close();
});

test('a statement that takes long does not hold the loop', async () => {
  const opened = database(await openPglite(newFolder()));
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await opened.query('SELECT pg_sleep(0.2)', []);
  clearInterval(turning);
  await opened.close();
  expect(turns).toBeGreaterThan(20);
});
