/** The plugin starts, stops, and goes on while its store or its model is down. */
import { expect, test } from 'vitest';
import type { Hooks } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { fakeFeed, houseOf, queryOf, viewerOf } from '../../../test/support/fake-feed.ts';
import { hookContext } from '../../../test/support/plugin-context.ts';
import { startedRetrieval } from '../../../test/support/retrieval.ts';
import { retrievalPlugin } from './index.ts';

const ann = viewerOf('ann');
const context = hookContext();

const isFound = async (hooks: Hooks, query: string): Promise<boolean> => {
  try {
    return ((await hooks.retrieve?.(queryOf(query, ann), context))?.passages.length ?? 0) > 0;
  } catch {
    return false;
  }
};

test('health reports the number of passages, and fails without an index', async () => {
  const fake = fakeFeed();
  fake.put('one', ['A zebra.', 'A leopard.']);
  const hooks = await retrievalPlugin().setup(houseOf(fake));
  expect(() => hooks.health?.()).toThrow('being built');
  await hooks.start?.(context.signal);
  expect(await hooks.health?.()).toBe('2 passages');
  await hooks.stop?.();
  expect(() => hooks.health?.()).toThrow('being built');
});

test('a store that was down is followed again, and an operator gets one message', async () => {
  const fake = fakeFeed();
  const warnings: string[] = [];
  const hooks = await startedRetrieval(fake, { warnings });
  fake.down = true;
  fake.put('one', ['A zebra.']);
  fake.tell();
  await expect.poll(() => warnings.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(warnings).toHaveLength(1);
  fake.down = false;
  await expect.poll(async () => hooks.health?.()).toBe('1 passages');
});

test('the start does not wait for a slow index, which becomes ready later', async () => {
  const fake = fakeFeed();
  fake.put('one', ['A zebra.']);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const changesAfter = fake.feed.changesAfter;
  const slow = {
    ...fake,
    feed: {
      ...fake.feed,
      changesAfter: (...asked: Parameters<typeof changesAfter>) => gate.then(() => changesAfter(...asked)),
    },
  };
  const warnings: string[] = [];
  const hooks = await startedRetrieval(slow, { warnings, buildWithin: 20 });
  expect(warnings).toEqual([expect.stringContaining('still being built')]);
  await expect(hooks.retrieve?.(queryOf('zebra', ann), context)).rejects.toThrow('being built');
  open();
  await expect.poll(() => isFound(hooks, 'zebra')).toBe(true);
});

test('after stop nothing listens, and nothing is found', async () => {
  const fake = fakeFeed();
  const hooks = await startedRetrieval(fake);
  expect(fake.listeners()).toBe(1);
  await hooks.stop?.();
  expect(fake.listeners()).toBe(0);
  await expect(hooks.retrieve?.(queryOf('zebra', ann), context)).rejects.toThrow('being built');
});

test('keywords answer while a model has no vectors yet, and again when it fails; both is said, the failure once', async () => {
  const fake = fakeFeed();
  const warnings: string[] = [];
  fake.put('one', ['A zebra has stripes.']);
  let known = false;
  let fails = false;
  const vector = Float32Array.of(1, 0, 0, 0);
  const model: EmbeddingModel = {
    name: 'test:model',
    dimensions: async () => (known ? 4 : Promise.reject(new Error('the model is down'))),
    embed: async (texts) => (fails ? Promise.reject(new Error('the model is down')) : texts.map(() => vector)),
  };
  const parts = { embeddings: model, embeddingsNamed: () => model };
  const hooks = await startedRetrieval(fake, { warnings, parts });
  const search = async () => {
    const result = await hooks.retrieve?.(queryOf('zebra', ann, {}, fake), context);
    return { found: result?.passages.length, strategy: result?.strategy, degraded: result?.degraded };
  };
  const withoutVectors = { found: 1, strategy: 'KEYWORD', degraded: ['vector'] };
  expect(await search()).toEqual(withoutVectors);
  known = true;
  await expect.poll(search).toEqual({ found: 1, strategy: 'HYBRID', degraded: [] });
  fails = true;
  expect(await search()).toEqual(withoutVectors);
  expect(await search()).toEqual(withoutVectors);
  expect(warnings.filter((warning) => warning.includes('the vector leg does not answer'))).toHaveLength(1);
});
