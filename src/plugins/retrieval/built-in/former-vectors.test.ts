import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { IndexedPassage } from '#core/ports/store.ts';
import { untilAborted } from '#core/runtime/deadline.ts';
import { type FakeFeed, fakeFeed, houseOf } from '../../../../test/support/fake-feed.ts';
import { type Embedder, embedderOf } from '../embedding/embedder.ts';
import { WORD_VECTORS, WordVectors } from '../embedding/word-vectors/index.ts';
import { builtInVectorEngine } from '../engines/built-in.ts';
import { VectorLeg } from '../following/vector-leg.ts';
import { vectorStore } from '../stores.ts';
import { IndexClient } from './index-client.ts';
import { writeSnapshot } from './snapshot.ts';
import { VectorTable } from './vector-table.ts';

const { signal } = new AbortController();
const scope = { viewerId: 'ann', tenant: 'home', documentIds: null };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** The file that Parley wrote before its vectors were in files of their own. */
async function writeFormerFile(directory: string, fake: FakeFeed, origin = 'fake'): Promise<void> {
  const words = new WordVectors();
  const table = new VectorTable(100, 8);
  const changes = await fake.feed.changesAfter(0, 1_000);
  for (const change of changes) if (change.type === 'added') table.add(change.passage, words.passage(change.passage));
  const { header, columns } = table.parts();
  const own = { format: 'layout 4, tokens 6, english 1', origin, sequence: await fake.feed.latestChange() };
  const prefixed = Object.entries(columns).map(([name, column]) => [`vectors.${name}`, column]);
  await writeSnapshot(
    join(directory, 'passages.index'),
    { ...own, keywords: {}, vectors: header },
    Object.fromEntries(prefixed),
  );
}

interface NewModel extends Embedder {
  /** Lets it make so many more passages. */
  allow(count: number): void;
  made: number;
}
/** A model that makes vectors only as it is allowed to. */
function newModel(): NewModel {
  let allowed = 0;
  const waiting: (() => void)[] = [];
  const model: NewModel = {
    weighing: 'uncovered',
    floor: 0,
    local: true,
    made: 0,
    format: async () => 'new@16',
    query: async () => new Float32Array(16).fill(0.25),
    async passages(passages: readonly IndexedPassage[], during) {
      while (allowed < passages.length)
        await untilAborted(new Promise<void>((resolve) => waiting.push(resolve)), during);
      allowed -= passages.length;
      model.made += passages.length;
      return passages.map(() => [new Float32Array(16).fill(0.25)]);
    },
    allow(count) {
      allowed += count;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
  return model;
}

function start(fake: FakeFeed, directory: string, model: Embedder) {
  const client = new IndexClient({ feed: fake.feed, warn: () => undefined, directory });
  const leg = new VectorLeg({
    engine: builtInVectorEngine(client),
    embedder: model,
    embedderOf: (format) => embedderOf(format, client, () => null),
    house: houseOf(fake),
    batchSize: 100,
    followEvery: 10,
  });
  const stop = async () => {
    await leg.stop();
    await client.stop();
  };
  stops.push(stop);
  leg.start();
  return { leg, client, stop };
}
const nearest = async (leg: VectorLeg, query: string) => (await leg.search(query, scope, signal))?.[0]?.id;
const folder = () => mkdtempSync(join(tmpdir(), 'parley-former-'));

test('an index of the former layout serves by its word vectors, and follows the store, until the new ones are complete', async () => {
  const fake = fakeFeed();
  fake.put('one', ['The cat sleeps on the sofa.', 'Prices rose by a tenth last year.']);
  const directory = folder();
  await writeFormerFile(directory, fake);
  const model = newModel();
  const { leg, client } = start(fake, directory, model);
  await expect.poll(() => leg.open).toBe(true);
  await client.catchUp();
  await client.save(); // the file of the former layout is gone with it
  expect(await nearest(leg, 'the kitten is asleep on a couch')).toBe('one-0');
  fake.put('two', ['The physician prescribed a medicine.']);
  fake.tell();
  await leg.upToNow(signal);
  expect(await nearest(leg, 'a doctor gave a drug')).toBe('two-0');
  const told = vectorStore(await leg.progress(signal), 3);
  expect(told).toMatchObject({ healthy: true, detail: `new@16: 0 of 3 passages; ${WORD_VECTORS} serves meanwhile` });

  model.allow(100);
  await expect.poll(() => leg.describe()).toContain('new@16');
  await expect.poll(() => readdirSync(directory).filter((name) => name.startsWith('vectors-')).length).toBe(1);
  expect((await leg.progress(signal)).meanwhile).toBeNull();
});

test('after a kill in the middle of it the old ones serve again, and no vector is made twice that was saved', async () => {
  const fake = fakeFeed();
  fake.put(
    'one',
    Array.from({ length: 5_000 }, (_, place) => `The cat number ${place} sleeps.`),
  );
  const directory = folder();
  await writeFormerFile(directory, fake);
  const killed = newModel();
  const first = start(fake, directory, killed);
  killed.allow(4_000);
  const saved = () => readdirSync(directory).filter((name) => /^vectors-.*\.index$/.test(name)).length;
  await expect.poll(saved).toBe(3);
  // It is not stopped: what a stop would write is not there.
  const model = newModel();
  const again = start(fake, directory, model);
  await expect.poll(() => again.leg.open).toBe(true);
  expect(await nearest(again.leg, 'a kitten is asleep')).toMatch(/^one-/);
  expect(again.leg.describe()).toContain(WORD_VECTORS);
  model.allow(10_000);
  await again.leg.complete(signal);
  await expect.poll(() => again.leg.describe()).not.toContain('being built');
  expect(model.made).toBeLessThan(4_000);
  await first.stop();
});

test('word vectors of another database, or of a later state of this one, are not taken', async () => {
  for (const origin of ['elsewhere', 'fake']) {
    const fake = fakeFeed();
    fake.put('one', ['The cat sleeps on the sofa.']);
    const directory = folder();
    await writeFormerFile(directory, fake, origin);
    const restored = fakeFeed();
    const { leg } = start(restored, directory, newModel());
    await expect.poll(() => leg.describe()).toContain('new@16');
    expect(leg.describe()).not.toContain(WORD_VECTORS);
  }
});
