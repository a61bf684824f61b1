import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PassageChange } from '#core/ports/store.ts';
import { IndexClient } from './index-client.ts';

/** A thread with one passage for each change. It records its position whenever it should write its file. */
const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  let directory, sequence;
  const calls = {
    open: (asked) => ({ directory, latest: sequence } = asked),
    apply: ({ changes }) => { sequence = changes.at(-1).sequence; },
    save: () => appendFileSync(directory + '/saves', sequence + ' '),
  };
  parentPort.on('message', ({ id, call, asked }) => {
    calls[call]?.(asked);
    parentPort.postMessage({ id, answer: { sequence, size: sequence } });
  });
`)}`,
);

/** Reads changes up to each of these in turn; answers after which of them the file was written. */
async function saves(opened: number, latest: readonly number[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-index-'));
  let last = opened;
  const feed = {
    origin: async () => 'here',
    latestChange: async () => last,
    changesAfter: async (after: number) =>
      after === last ? [] : [{ sequence: last, type: 'removed', documentId: 'x' } satisfies PassageChange],
  };
  const client = new IndexClient({ feed, directory, script: SCRIPT, warn: () => undefined });
  onTestFinished(() => client.stop());
  for (last of [opened, ...latest]) {
    await client.catchUp();
    // Answered after what was asked before.
    await client.ask('keywords', { tokens: [], scope: { viewerId: '', tenant: '', documentIds: null }, limit: 1 });
  }
  return existsSync(join(directory, 'saves')) ? readFileSync(join(directory, 'saves'), 'utf8').trim() : '';
}

test('a file is written when a quarter of the passages is new', async () => {
  expect(await saves(100_000, [131_000, 134_000, 160_000, 179_000])).toBe('134000 179000');
});

test('a small one is written when 5,000 are', async () => {
  expect(await saves(0, [4_999, 5_000, 9_000, 10_000])).toBe('5000 10000');
});

test('an index with a damaged file is rebuilt from the store without it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parley-index-'));
  const text = 'A zebra has stripes.';
  const passage = {
    id: 'p',
    documentId: 'd',
    documentTitle: 'Zebras',
    heading: null,
    start: 0,
    end: text.length,
    text,
  };
  const access = { viewerId: 'ann', tenant: 'home', shared: false };
  const feed = {
    origin: async () => 'here',
    latestChange: async () => 1,
    changesAfter: async (after: number): Promise<PassageChange[]> =>
      after === 1 ? [] : [{ sequence: 1, type: 'added', passage: { ...passage, ...access } }],
  };
  const open = async () => {
    const client = new IndexClient({ feed, directory, warn: () => undefined });
    await client.catchUp();
    return client;
  };
  await (await open()).stop();
  const path = join(directory, 'passages.index');
  const spoilt = readFileSync(path);
  spoilt.fill(0xfe, spoilt.indexOf(text) - 40, spoilt.indexOf(text));
  writeFileSync(path, spoilt);

  const client = await open();
  onTestFinished(() => client.stop());
  const search = () =>
    client.ask('search', {
      ...{ viewerId: 'ann', tenant: 'home', documentIds: null },
      ...{ query: 'zebra', limit: 1, rerank: true, keywords: true, near: null },
      weights: { type: 'given', vector: 0, keyword: 1 },
      floor: 0,
    });
  await expect(search()).rejects.toThrow('the thread has ended');
  expect(existsSync(path)).toBe(false);
  await client.catchUp();
  expect((await search()).passages).toMatchObject([{ id: 'p' }]);
});
