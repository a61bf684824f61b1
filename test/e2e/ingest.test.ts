import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-ingest-'));
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(async () => {
  await app.remove();
  rmSync(folder, { recursive: true });
});

const put = (path: string, text: string | Uint8Array) => writeFileSync(join(folder, path), text);
const ingest = (...others: string[]) => ingestTo({}, folder, ...others);
const ingestTo = (environment: Readonly<Record<string, string>>, ...words: string[]) =>
  promisify(execFile)(process.execPath, ['scripts/ingest.ts', ...words], {
    env: { PATH: process.env['PATH'], PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY, ...environment },
  }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
const titles = async (): Promise<string[]> => {
  const { data } = await client(app.url, OPERATOR_KEY).request(
    '{ documents(first: 50) { edges { node { title status } } } }',
  );
  return data.documents.edges
    .map(({ node }: { node: { title: string; status: string } }) => `${node.title} ${node.status}`)
    .sort();
};

test('a folder is uploaded; what is unchanged is skipped, what changed is replaced, what is gone is pruned', async () => {
  mkdirSync(join(folder, 'sub', '.hidden'), { recursive: true });
  put('zebra.md', '# Zebras\n\nA zebra has stripes.');
  put('sub/斑马.txt', '斑马生活在非洲。');
  put('sub/.hidden/secret.txt', 'Not this.');
  const first = await ingest();
  expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('2 files: 2 indexed, 0 unchanged, 0 failed')]);
  expect(await titles()).toEqual(['sub/斑马.txt INDEXED', 'zebra.md INDEXED']);

  put('zebra.md', '# Zebras\n\nA zebra has spots.');
  expect((await ingest()).stdout).toContain('2 files: 1 indexed, 1 unchanged, 0 failed');
  const { data } = await client(app.url, OPERATOR_KEY).request('{ search(query: "zebra") { passages { text } } }');
  expect(JSON.stringify(data)).toContain('spots');
  expect(JSON.stringify(data)).not.toContain('stripes');
  expect(await titles()).toHaveLength(2);

  put('broken.pdf', '%PDF-1.7 nothing');
  rmSync(join(folder, 'zebra.md'));
  const last = await ingest('--prune');
  expect(last.code).toBe(1);
  expect(last.stderr).toMatch(/broken\.pdf: .{10,}/);
  expect(await titles()).toEqual(['sub/斑马.txt INDEXED']);
  const again = await ingest();
  expect([again.stdout, again.stderr]).toEqual([expect.stringContaining('1 unchanged, 1 failed'), last.stderr]);
});

test('a document that was deleted on the server is uploaded again', async () => {
  rmSync(join(folder, 'broken.pdf'), { force: true });
  put('moon.txt', 'The moon is far.');
  await ingest();
  const { data } = await client(app.url, OPERATOR_KEY).request(
    '{ documents(first: 50) { edges { node { id title } } } }',
  );
  const [moon] = data.documents.edges.filter(({ node }: { node: { title: string } }) => node.title === 'moon.txt');
  await client(app.url, OPERATOR_KEY).request('mutation ($id: ID!) { deleteDocument(id: $id) { deletedId } }', {
    id: moon.node.id,
  });
  expect((await ingest()).stdout).toContain('2 files: 1 indexed, 1 unchanged, 0 failed');
  expect(await titles()).toContain('moon.txt INDEXED');
  expect((await ingest()).stdout).toContain('2 files: 0 indexed, 2 unchanged, 0 failed');
});

test('a document of the same name is reported, and replaced on request', async () => {
  const other = mkdtempSync(join(tmpdir(), 'parley-ingest-twice-'));
  writeFileSync(join(other, 'fees.md'), 'The fee is 45 euro.');
  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/ingest.ts', other, ...options], {
      env: { PATH: process.env['PATH'], PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY },
    });
  const fees = async () => (await titles()).filter((title) => title.startsWith('fees.md'));
  const add = 'mutation { addDocument(input: { title: "fees.md", text: "The fee is 40 euro." }) { id } }';
  await client(app.url, OPERATOR_KEY).request(add);
  expect((await run()).stdout).toContain(
    'other documents have the names of a file, and --replace replaces them: fees.md',
  );
  expect(await fees()).toHaveLength(2);
  writeFileSync(join(other, 'fees.md'), 'The fee is 50 euro.');
  expect((await run('--replace')).stdout).not.toContain('other documents');
  expect(await fees()).toHaveLength(1);
  rmSync(other, { recursive: true });
});

test('without a server, with a wrong key, or for a file in place of a folder, one line says so', async () => {
  put('one.txt', 'One.');
  put('two.txt', 'Two.');
  const refused = await Promise.all([
    ingestTo({ PARLEY_URL: 'http://127.0.0.1:1' }, folder),
    ingestTo({ PARLEY_KEY: 'wrong-key-0123456789abcdef0123456789abcdef' }, folder),
    ingestTo({}, join(folder, 'one.txt')),
  ]);
  expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual([
    [1, ''],
    [1, ''],
    [1, ''],
  ]);
  const [away, wrong, file] = refused.map(({ stderr }) => stderr);
  expect(away).toBe('no Parley at http://127.0.0.1:1/graphql: start it, or set PARLEY_URL\n');
  expect(wrong).toMatch(/^A valid API key or token is needed.*\n$/);
  expect(file).toMatch(/one\.txt is no folder\nusage: /);
});
