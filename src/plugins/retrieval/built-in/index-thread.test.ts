/** Threads of the index that die, and searches that are aborted. */
import { expect, onTestFinished, test } from 'vitest';
import { type FakeFeed, fakeFeed } from '../../../../test/support/fake-feed.ts';
import { IndexClient } from './index-client.ts';

/** The real thread, but for one word that ends it. */
const MORTAL = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => { if (JSON.stringify(message).includes('die!')) process.exit(3); });
    await import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
  `)}`,
);
const clientOf = (fake: FakeFeed, warnings: string[] = [], script?: URL): IndexClient => {
  const warn = (message: string) => void warnings.push(message);
  const index = new IndexClient({ feed: fake.feed, warn, directory: null, ...(script ? { script } : {}) });
  onTestFinished(() => index.stop());
  return index;
};
const searchFor = async (index: IndexClient, query: string, signal = new AbortController().signal) => {
  const weights = { type: 'given', vector: 0, keyword: 1 } as const;
  const scope = { viewerId: 'ann', tenant: 'home', documentIds: null };
  const asked = { query, ...scope, limit: 5, rerank: true, keywords: true, near: null, floor: 0, weights };
  return (await index.ask('search', asked, signal)).passages;
};

test('a thread that dies takes one search with it, and the index is rebuilt from the store', async () => {
  const fake = fakeFeed();
  const warnings: string[] = [];
  fake.put('one', ['A zebra has stripes.']);
  const index = clientOf(fake, warnings, MORTAL);
  await index.catchUp();
  expect(await searchFor(index, 'zebra')).toHaveLength(1);
  await expect(searchFor(index, 'die!')).rejects.toThrow('has ended');
  expect(index.ready).toBe(false);
  await expect(searchFor(index, 'zebra')).rejects.toThrow('being built');
  await expect.poll(() => index.ready).toBe(true);
  expect(await searchFor(index, 'zebra')).toHaveLength(1);
  expect(warnings).toEqual([expect.stringContaining('rebuilt')]);
});

test('a passage that ends every thread is abandoned after a few, and the process lives', async () => {
  const fake = fakeFeed();
  fake.put('one', ['die!']);
  const index = clientOf(fake, [], MORTAL);
  await expect(index.catchUp()).rejects.toThrow('has ended');
  fake.put('one', ['A zebra.']);
  await index.catchUp();
  expect(await searchFor(index, 'zebra')).toHaveLength(1);
});

test('a search that is aborted rejects at once, and the next one is answered', async () => {
  const fake = fakeFeed();
  fake.put('one', ['A zebra.']);
  const index = clientOf(fake);
  await index.catchUp();
  const controller = new AbortController();
  const search = searchFor(index, 'zebra', controller.signal);
  controller.abort(new Error('gone'));
  await expect(search).rejects.toThrow('gone');
  await expect(searchFor(index, 'zebra', controller.signal)).rejects.toThrow('gone');
  expect(await searchFor(index, 'zebra')).toHaveLength(1);
});
