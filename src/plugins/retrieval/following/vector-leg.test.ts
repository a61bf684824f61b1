import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type FakeFeed, fakeFeed, houseOf, viewerOf } from '../../../../test/support/fake-feed.ts';
import { IndexClient } from '../built-in/index-client.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { builtInVectorEngine } from '../engines/built-in.ts';
import type { VectorEngine } from '../engines/engine.ts';
import { VectorLeg } from './vector-leg.ts';

const { signal } = new AbortController();
const scope = { viewerId: 'ann', tenant: 'home', documentIds: null };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A vector by letters: texts with the same letters are near. */
const lettersOf = (text: string, dimensions: number): Float32Array => {
  const vector = new Float32Array(dimensions);
  for (const letter of text.toLowerCase())
    vector[letter.charCodeAt(0) % dimensions] = 1 + (vector[letter.charCodeAt(0) % dimensions] ?? 0);
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
};

interface Model extends Embedder {
  down: boolean;
  asked: number;
}
const modelOf = (name: string, dimensions: number): Model => {
  const up = () => {
    if (model.down) throw new Error('the model is down');
  };
  const model: Model = {
    down: false,
    asked: 0,
    weighing: 'trust',
    floor: -1,
    local: false,
    async format() {
      up();
      return `${name}@${dimensions}`;
    },
    async query(query) {
      up();
      return lettersOf(query, dimensions);
    },
    async passages(passages) {
      up();
      model.asked += passages.length;
      return passages.map(({ text }) => [lettersOf(text, dimensions)]);
    },
  };
  return model;
};

interface Setting {
  readonly fake: FakeFeed;
  readonly directory: string;
  readonly warnings: string[];
}
const setting = (): Setting => ({
  fake: fakeFeed(),
  directory: mkdtempSync(join(tmpdir(), 'parley-vectors-')),
  warnings: [],
});

function engineOf({ fake, directory, warnings }: Setting): { engine: VectorEngine; client: IndexClient } {
  const warn = (message: string) => void warnings.push(message);
  const client = new IndexClient({ feed: fake.feed, warn, directory });
  stops.push(() => client.stop());
  return { engine: builtInVectorEngine(client), client };
}

function legOf(where: Setting, engine: VectorEngine, model: Model, former: Model | null = null): VectorLeg {
  const leg = new VectorLeg({
    engine,
    embedder: model,
    embedderOf: (format) => [model, former].find((one) => one && format.startsWith(nameOf.get(one) ?? '?')) ?? null,
    house: houseOf(where.fake, where.warnings),
    batchSize: 2,
    followEvery: 10,
  });
  stops.push(() => leg.stop());
  leg.start();
  return leg;
}
const nameOf = new Map<Model, string>();
const named = (name: string, dimensions: number): Model => {
  const model = modelOf(name, dimensions);
  nameOf.set(model, name);
  return model;
};
const nearest = async (leg: VectorLeg, query: string) => (await leg.search(query, scope, signal))?.[0]?.id;
const isOpen = (leg: VectorLeg) => expect.poll(() => leg.open).toBe(true);

test('passages from the start and later ones are found by their vectors, removed ones are not', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa bbbb', 'cccc dddd', 'eeee ffff']);
  const leg = legOf(where, engineOf(where).engine, named('letters', 32));
  await isOpen(leg);
  expect(await nearest(leg, 'dcdc')).toBe('one-1');
  where.fake.put('two', ['zzzz']);
  where.fake.tell();
  await leg.upToNow(signal);
  expect(await nearest(leg, 'zz')).toBe('two-0');
  where.fake.remove('two');
  where.fake.tell();
  await leg.upToNow(signal);
  expect(await nearest(leg, 'zz')).not.toBe('two-0');
  const others = await leg.search('aaaa', { ...scope, viewerId: viewerOf('eve').id }, signal);
  expect(others).toEqual([]);
});

test('a kill costs at most the last 2,000 encoded passages', async () => {
  const where = setting();
  where.fake.put(
    'one',
    Array.from({ length: 4_500 }, (_, place) => `passage ${place}`),
  );
  const model = named('letters', 32);
  const leg = legOf(where, engineOf(where).engine, model);
  await leg.complete(signal);
  // Neither is stopped: what a stop would write is not there.
  const again = engineOf(where).engine;
  const index = await again.open('letters@32', signal);
  await expect.poll(() => index.position(signal)).toBeGreaterThan(2_500);
  expect(await index.count(signal)).toBeGreaterThan(2_500);
});

test('an index that was never complete is not searched', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa']);
  const model = named('letters', 32);
  const passages = model.passages;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  Object.assign(model, { passages: (...asked: Parameters<typeof passages>) => gate.then(() => passages(...asked)) });
  const leg = legOf(where, engineOf(where).engine, model);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(leg.open).toBe(false);
  await expect(leg.search('a', scope, signal)).rejects.toThrow('being built');
  open();
  await isOpen(leg);
  expect(await nearest(leg, 'a')).toBe('one-0');
});

test('the leg waits for a model that is down, and an operator gets one message', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa']);
  const model = named('letters', 32);
  model.down = true;
  const leg = legOf(where, engineOf(where).engine, model);
  await expect.poll(() => where.warnings.length).toBe(1);
  expect(leg.open).toBe(false);
  model.down = false;
  await isOpen(leg);
  model.down = true;
  where.fake.put('two', ['zzzz']);
  where.fake.tell();
  await expect.poll(() => where.warnings.length).toBe(2);
  model.down = false;
  await leg.upToNow(AbortSignal.timeout(5_000));
  expect(await nearest(leg, 'zz')).toBe('two-0');
  expect(where.warnings).toHaveLength(2);
});

test('after a restart the vectors are there, and none is made again', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa bbbb', 'cccc dddd']);
  const model = named('letters', 32);
  const first = engineOf(where);
  const leg = legOf(where, first.engine, model);
  await isOpen(leg);
  await leg.stop();
  await first.client.stop();
  expect(model.asked).toBe(2);
  const again = legOf(where, engineOf(where).engine, model);
  await isOpen(again);
  expect(await nearest(again, 'cd')).toBe('one-1');
  expect(model.asked).toBe(2);
});

test('with another model the old index serves until the new one is complete, and is then deleted', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa bbbb', 'cccc dddd']);
  const old = named('old', 32);
  const first = engineOf(where);
  const leg = legOf(where, first.engine, old);
  await isOpen(leg);
  await leg.stop();
  await first.client.stop();

  const other = named('new', 48);
  const passages = other.passages;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  Object.assign(other, { passages: (...asked: Parameters<typeof passages>) => gate.then(() => passages(...asked)) });
  const { engine } = engineOf(where);
  const changed = legOf(where, engine, other, old);
  await isOpen(changed);
  where.fake.put('two', ['zzzz']);
  where.fake.tell();
  await expect.poll(() => nearest(changed, 'zz')).toBe('two-0');
  expect(changed.describe()).toContain('old@32');
  open();
  await expect.poll(() => changed.describe()).toContain('new@48');
  expect(await nearest(changed, 'zz')).toBe('two-0');
  await expect.poll(() => engine.serving(signal)).toBe('new@48');
});

test('an engine that fails in the middle of it is complete once it is well', async () => {
  const where = setting();
  const { engine } = engineOf(where);
  let failures = 0;
  const flaky: VectorEngine = {
    ...engine,
    async open(format, during) {
      const index = await engine.open(format, during);
      return {
        ...index,
        async apply(changes, within) {
          failures += 1;
          if (failures % 2 === 1) throw new Error('the engine is down');
          await index.apply(changes, within);
        },
      };
    },
  };
  where.fake.put('one', ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']);
  const leg = legOf(where, flaky, named('letters', 32));
  await expect.poll(() => leg.open).toBe(true);
  for (const [place, letter] of ['a', 'b', 'c', 'd', 'e'].entries())
    expect(await nearest(leg, letter)).toBe(`one-${place}`);
});

test('an index ahead of the store, which was restored, is rebuilt', async () => {
  const where = setting();
  where.fake.put('one', ['aaaa']);
  const { engine } = engineOf(where);
  let cleared = false;
  const ahead: VectorEngine = {
    ...engine,
    serving: async (during) => (cleared ? engine.serving(during) : 'letters@32'),
    async open(format, during) {
      const index = await engine.open(format, during);
      return { ...index, position: (asking) => (cleared ? index.position(asking) : Promise.resolve(99)) };
    },
    async clear(during) {
      cleared = true;
      await engine.clear(during);
    },
  };
  const leg = legOf(where, ahead, named('letters', 32));
  await isOpen(leg);
  expect(where.warnings).toEqual([expect.stringContaining('ahead of the database')]);
  expect(await nearest(leg, 'a')).toBe('one-0');
});

test('while the store cannot be followed the leg is not ready, and afterwards it is', async () => {
  const where = setting();
  const leg = legOf(where, engineOf(where).engine, named('letters', 32));
  await expect.poll(() => leg.ready).toBe(true);
  where.fake.down = true;
  where.fake.put('one', ['aaaa']);
  where.fake.tell();
  await expect.poll(() => leg.ready).toBe(false);
  where.fake.down = false;
  await expect.poll(() => leg.ready).toBe(true);
  expect(await nearest(leg, 'a')).toBe('one-0');
});
