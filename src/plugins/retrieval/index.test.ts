import { afterEach, expect, test } from 'vitest';
import type { Hooks, Ingestion } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { DocumentKind, DocumentRecord, PassageDraft } from '#core/ports/store.ts';
import { useEncoder } from '../../../test/support/encoder.ts';
import { type FakeFeed, fakeFeed, houseOf, queryOf, viewerOf } from '../../../test/support/fake-feed.ts';
import { hookContext } from '../../../test/support/plugin-context.ts';
import { IndexClient } from './built-in/index-client.ts';
import { retrievalPlugin } from './index.ts';

const ann = viewerOf('ann');
const context = hookContext();
const encoder = useEncoder();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started(
  fake: FakeFeed,
  warnings: string[] = [],
  embeddings: EmbeddingModel | null = null,
): Promise<Hooks> {
  const hooks = await retrievalPlugin({ followEvery: 10 }).setup(houseOf(fake, warnings, { embeddings }));
  stops.push(() => hooks.stop?.());
  await hooks.start?.(context.signal);
  return hooks;
}

const isFound = async (hooks: Hooks, query: string): Promise<boolean> => {
  try {
    return ((await hooks.retrieve?.(queryOf(query, ann), context))?.passages.length ?? 0) > 0;
  } catch {
    return false;
  }
};

function ingestionOf(text: string, save: (passages: readonly PassageDraft[], kind: DocumentKind) => void): Ingestion {
  return {
    document: { id: 'd', kind: null, title: 'Zebras', mediaType: 'text/markdown' } as DocumentRecord,
    text,
    save: async (passages, kind) => save(passages, kind),
    progress: async () => undefined,
  };
}

test('a document is cut, saved, and can be found when ingest has answered', async () => {
  const fake = fakeFeed();
  const hooks = await started(fake);
  const saved: unknown[] = [];
  const answer = await hooks.ingest?.(
    ingestionOf('# Zebras\n\nA zebra has stripes.', (passages, kind) => {
      saved.push(...passages, kind);
      fake.put(
        'd',
        passages.map(({ text }) => text),
      );
    }),
    context,
  );
  expect(answer).toBe(true);
  expect(saved).toEqual([
    { start: 0, end: 30, text: '# Zebras\n\nA zebra has stripes.', heading: 'Zebras' },
    'GENERAL',
  ]);
  const found = await hooks.retrieve?.(queryOf('zebra', ann), context);
  expect(found?.passages.map(({ id }) => id)).toEqual(['d-0']);
});

test('the strategy names the legs that answered; vectors that were requested and are missing are named', async () => {
  const fake = fakeFeed();
  fake.put('one', ['A zebra has stripes.', '斑马有条纹。']);
  const hooks = await started(fake);
  const told = async (query: string, strategy: 'HYBRID' | 'VECTOR' | 'KEYWORD' | null) => {
    const result = await hooks.retrieve?.(queryOf(query, ann, { strategy }), context);
    return [result?.strategy, result?.degraded, result?.passages[0]?.id];
  };
  expect(await told('a zebra', null)).toEqual(['KEYWORD', [], 'one-0']);
  expect(await told('a zebra', 'KEYWORD')).toEqual(['KEYWORD', [], 'one-0']);
  expect(await told('斑马', 'VECTOR')).toEqual(['KEYWORD', ['vector'], 'one-1']);
});

/** A model of this process that encodes passages only once `open` is called. */
function gatedEncoder() {
  const gate = Promise.withResolvers<void>();
  const model: EmbeddingModel = {
    ...encoder,
    embed: async (texts, signal, purpose) => {
      if (purpose !== 'query') await gate.promise;
      return encoder.embed(texts, signal, purpose);
    },
  };
  return { model, open: gate.resolve };
}

test('a question in the other language finds the passage that answers it', async () => {
  const fake = fakeFeed();
  fake.put('english', ['You can return any order within thirty days.', 'Our office is in Oslo.']);
  fake.put('chinese', ['退款会在三个工作日内原路返回。', '仓库周日不营业。']);
  const hooks = await started(fake, [], encoder);
  const first = async (query: string) => {
    const result = await hooks.retrieve?.(queryOf(query, ann), context);
    return [result?.strategy, result?.degraded, result?.passages[0]?.id];
  };
  await expect.poll(async () => (await first('办公室在哪里？'))[0], { timeout: 10_000 }).toBe('HYBRID');
  expect(await first('办公室在哪个城市？')).toEqual(['HYBRID', [], 'english-1']);
  expect(await first('How long until I get my money back?')).toEqual(['HYBRID', [], 'chinese-0']);
  expect(await first('Is the warehouse open on Sundays?')).toEqual(['HYBRID', [], 'chinese-1']);
});

test('while vectors are being made keywords serve, and say what is lacking where vectors would have had a say', async () => {
  const fake = fakeFeed();
  const { model, open } = gatedEncoder();
  fake.put('one', ['A zebra has stripes.', 'A lion has a mane.']);
  fake.put('two', ['A zebra of Bob.'], { viewerId: 'bob' });
  const hooks = await started(fake, [], model);
  const told = async (query: string, viewer = ann) => {
    const result = await hooks.retrieve?.(queryOf(query, viewer), context);
    return [result?.strategy, result?.degraded, result?.passages[0]?.id];
  };
  expect(await told('zebra stripes')).toEqual(['KEYWORD', [], 'one-0']);
  expect(await told('斑马有什么花纹？')).toEqual(['KEYWORD', ['vector'], undefined]);
  // This viewer has nothing that could lack a vector.
  expect(await told('斑马有什么花纹？', viewerOf('carl'))).toEqual(['KEYWORD', [], undefined]);
  const vectors = async () => (await hooks.stores?.())?.find(({ name }) => name === 'vectors');
  expect(await vectors()).toEqual({
    name: 'vectors',
    engine: 'built-in',
    healthy: true,
    detail: 'built-in:use-multilingual@512: 0 of 3 passages',
  });
  open();
  await expect.poll(() => told('斑马有什么花纹？'), { timeout: 10_000 }).toEqual(['HYBRID', [], 'one-0']);
  expect((await vectors())?.detail).toBe('built-in:use-multilingual@512: 3 passages');
});

test('a document that comes alone has its vectors when ingest has answered; of many the vectors follow', async () => {
  const fake = fakeFeed();
  const { model, open } = gatedEncoder();
  const hooks = await started(fake, [], model);
  const ingest = (id: string) =>
    hooks.ingest?.(
      ingestionOf(`Document ${id} is about zebras.`, (passages) => {
        fake.put(
          id,
          passages.map(({ text }) => text),
        );
      }),
      context,
    );
  // The model is stuck: only so much is waited in all.
  for (let place = 0; place < 20; place += 1) expect(await ingest(`many-${place}`)).toBe(true);
  open();
  await expect
    .poll(async () => (await hooks.stores?.())?.at(-1)?.detail, { timeout: 10_000 })
    .toContain(': 20 passages');
});

test('a question about a document as a whole is given its beginning and beginnings of its parts', async () => {
  const fake = fakeFeed();
  fake.put(
    'lease',
    Array.from({ length: 20 }, (_, place) => `Clause ${place} of the lease says something. It says more.`),
  );
  fake.put('other', ['The pump has two valves.']);
  fake.put('secret', ['Of Bob alone.'], { viewerId: 'bob' });
  const hooks = await started(fake);
  const ids = async (query: string, documentIds: string[] | null) =>
    (await hooks.retrieve?.(queryOf(query, ann, { documentIds, limit: 4 }), context))?.passages.map(({ id }) => id);
  expect(await ids('What is this document about?', ['lease'])).toEqual(['lease-0', 'lease-1', 'lease-2', 'lease-11']);
  expect(await ids('这份文件讲什么？', ['lease', 'other', 'secret'])).toEqual(['lease-0', 'lease-1', 'other-0']);
  expect(await ids('Summarise it', null)).toEqual(['lease-0', 'lease-1', 'other-0']);
  expect((await ids('What does the lease say about clause 7?', ['lease']))?.[0]).toBe('lease-7');
  for (let place = 0; place < 10; place += 1) fake.put(`more-${place}`, ['Something else.']);
  fake.tell();
  await expect.poll(() => ids('Summarise it', null), { timeout: 5_000 }).toEqual([]);
});

test('the same text in several documents takes one place of the results', async () => {
  const fake = fakeFeed();
  const plan = 'In case of fire leave by the east stairs and gather at the north gate.';
  for (let place = 0; place < 8; place += 1) fake.put(`plan-${place}`, [plan]);
  fake.put('wardens', ['Fire wardens check that all have left by the stairs, and report at the gate.']);
  for (const name of ['first', 'second']) fake.put(name, ['Fire: no.']);
  const hooks = await started(fake);
  for (const rerank of [true, false]) {
    const asked = queryOf('Where do we gather in case of fire?', ann, { limit: 4, rerank });
    const passages = (await hooks.retrieve?.(asked, context))?.passages ?? [];
    const found = new Map(passages.map(({ id, duplicates }) => [id.split('-')[0], duplicates]));
    expect(Object.fromEntries(found)).toEqual({ first: 0, plan: 7, second: 0, wardens: 0 });
  }
});

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
  const hooks = await started(fake, warnings);
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
  const hooks = await retrievalPlugin({ buildWithin: 20 }).setup(houseOf(slow, warnings));
  stops.push(() => hooks.stop?.());
  await hooks.start?.(context.signal);
  expect(warnings).toEqual([expect.stringContaining('still being built')]);
  await expect(hooks.retrieve?.(queryOf('zebra', ann), context)).rejects.toThrow('being built');
  open();
  await expect.poll(() => isFound(hooks, 'zebra'), { timeout: 10_000 }).toBe(true);
});

test('after stop nothing listens, and nothing is found', async () => {
  const fake = fakeFeed();
  const hooks = await started(fake);
  expect(fake.listeners()).toBe(1);
  await hooks.stop?.();
  expect(fake.listeners()).toBe(0);
  await expect(hooks.retrieve?.(queryOf('zebra', ann), context)).rejects.toThrow('being built');
});

/** The real thread, but for one word that ends it. */
const MORTAL = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => { if (JSON.stringify(message).includes('die!')) process.exit(3); });
    await import(${JSON.stringify(new URL('./built-in/worker.ts', import.meta.url).href)});
  `)}`,
);
const clientOf = (fake: FakeFeed, warnings: string[] = [], script?: URL): IndexClient => {
  const warn = (message: string) => void warnings.push(message);
  const index = new IndexClient({ feed: fake.feed, warn, directory: null, ...(script ? { script } : {}) });
  stops.push(() => index.stop());
  return index;
};
const searchFor = async (index: IndexClient, query: string, signal = context.signal) => {
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
  await expect.poll(() => index.ready, { timeout: 5_000 }).toBe(true);
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
  const house = houseOf(fake, warnings, { embeddings: model, embeddingsNamed: () => model });
  const hooks = await retrievalPlugin({ followEvery: 10 }).setup(house);
  stops.push(() => hooks.stop?.());
  await hooks.start?.(context.signal);
  const search = async () => {
    const result = await hooks.retrieve?.(queryOf('zebra', ann, {}, fake), context);
    return { found: result?.passages.length, strategy: result?.strategy, degraded: result?.degraded };
  };
  const withoutVectors = { found: 1, strategy: 'KEYWORD', degraded: ['vector'] };
  expect(await search()).toEqual(withoutVectors);
  known = true;
  await expect.poll(search, { timeout: 10_000 }).toEqual({ found: 1, strategy: 'HYBRID', degraded: [] });
  fails = true;
  expect(await search()).toEqual(withoutVectors);
  expect(await search()).toEqual(withoutVectors);
  expect(warnings.filter((warning) => warning.includes('the vector leg does not answer'))).toHaveLength(1);
});
