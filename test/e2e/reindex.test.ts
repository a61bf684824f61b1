import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { client } from '../support/client.ts';

const run = promisify(execFile);
const reindex = (dataDirectory: string) =>
  run(process.execPath, ['scripts/reindex.ts'], {
    env: { PATH: process.env['PATH'], PARLEY_ENV: 'test', DATA_DIR: dataDirectory },
  });

test('npm run reindex rebuilds the index with progress; beside a running server it prints the remedy', async () => {
  const app = await startApp();
  const { request } = client(app.url, OPERATOR_KEY);
  await request('mutation { addDocument(input: { title: "Zebras", text: "A zebra has stripes." }) { id } }');
  const refused = await reindex(app.dataDirectory).catch((error) => error);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/another process|in use|stop/i);
  await app.stop();

  const file = join(app.dataDirectory, 'plugins', 'retrieval', 'passages.index');
  expect(existsSync(file)).toBe(true);
  writeFileSync(file, 'spoilt');
  const { stdout } = await reindex(app.dataDirectory);
  expect(stdout).toContain('built-in index: 100 %');
  expect(stdout).toMatch(/done: \d+ changes read/);
  expect(readFileSync(file).length).toBeGreaterThan(500);

  const again = await startApp({ DATA_DIR: app.dataDirectory });
  const { data } = await client(again.url, OPERATOR_KEY).request('{ search(query: "zebra") { passages { text } } }');
  expect(data.search.passages).toEqual([{ text: 'A zebra has stripes.' }]);
  await again.stop();
  await app.remove();
});
