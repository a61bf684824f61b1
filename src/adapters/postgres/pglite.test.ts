import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openPglite } from './pglite.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'parley-data-'));

test('where the database cannot be made the start fails, and the next one makes it', async () => {
  const folder = newFolder();
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  await expect(openPglite(folder)).rejects.toThrow('the database could not be made: its process ended with 9');
  vi.unstubAllEnvs();
  const { pool, close } = await openPglite(folder);
  expect((await pool.query('SHOW shared_buffers')).rows).toEqual([{ shared_buffers: '32MB' }]);
  await close();
}, 60_000);

test('the process that makes a database ends with the one that asked for it', async () => {
  const folder = join(newFolder(), 'postgres.new');
  const child = fork(new URL('./make-database.ts', import.meta.url), [folder], { execArgv: [] });
  child.disconnect();
  expect((await once(child, 'exit'))[0]).toBe(1);
  expect(existsSync(join(folder, 'PG_VERSION'))).toBe(false);
}, 60_000);
