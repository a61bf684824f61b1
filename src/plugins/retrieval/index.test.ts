/** Documents that come and are found, through the plugin. */
import { expect, test } from 'vitest';
import type { Ingestion } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { DocumentKind, DocumentRecord, PassageDraft } from '#core/ports/store.ts';
import { useEncoder } from '../../../test/support/encoder.ts';
import { fakeFeed, queryOf, viewerOf } from '../../../test/support/fake-feed.ts';
import { hookContext } from '../../../test/support/plugin-context.ts';
import { startedRetrieval } from '../../../test/support/retrieval.ts';

const ann = viewerOf('ann');
const context = hookContext();
const encoder = useEncoder();

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
  const hooks = await startedRetrieval(fake);
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
  const hooks = await startedRetrieval(fake);
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
  const hooks = await startedRetrieval(fake, { parts: { embeddings: encoder } });
  const first = async (query: string) => {
    const result = await hooks.retrieve?.(queryOf(query, ann), context);
    return [result?.strategy, result?.degraded, result?.passages[0]?.id];
  };
  await expect.poll(async () => (await first('办公室在哪里？'))[0]).toBe('HYBRID');
  expect(await first('办公室在哪个城市？')).toEqual(['HYBRID', [], 'english-1']);
  expect(await first('How long until I get my money back?')).toEqual(['HYBRID', [], 'chinese-0']);
  expect(await first('Is the warehouse open on Sundays?')).toEqual(['HYBRID', [], 'chinese-1']);
});

test('while vectors are being made keywords serve, and say what is lacking where vectors would have had a say', async () => {
  const fake = fakeFeed();
  const { model, open } = gatedEncoder();
  fake.put('one', ['A zebra has stripes.', 'A lion has a mane.']);
  fake.put('two', ['A zebra of Bob.'], { viewerId: 'bob' });
  const hooks = await startedRetrieval(fake, { parts: { embeddings: model } });
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
  await expect.poll(() => told('斑马有什么花纹？')).toEqual(['HYBRID', [], 'one-0']);
  expect((await vectors())?.detail).toBe('built-in:use-multilingual@512: 3 passages');
});

test('a document that comes alone has its vectors when ingest has answered; of many the vectors follow', async () => {
  const fake = fakeFeed();
  const { model, open } = gatedEncoder();
  const hooks = await startedRetrieval(fake, { parts: { embeddings: model } });
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
  await expect.poll(async () => (await hooks.stores?.())?.at(-1)?.detail).toContain(': 20 passages');
});

test('a question about a document as a whole is given its beginning and beginnings of its parts', async () => {
  const fake = fakeFeed();
  fake.put(
    'lease',
    Array.from({ length: 20 }, (_, place) => `Clause ${place} of the lease says something. It says more.`),
  );
  fake.put('other', ['The pump has two valves.']);
  fake.put('secret', ['Of Bob alone.'], { viewerId: 'bob' });
  const hooks = await startedRetrieval(fake);
  const ids = async (query: string, documentIds: string[] | null) =>
    (await hooks.retrieve?.(queryOf(query, ann, { documentIds, limit: 4 }), context))?.passages.map(({ id }) => id);
  expect(await ids('What is this document about?', ['lease'])).toEqual(['lease-0', 'lease-1', 'lease-2', 'lease-11']);
  expect(await ids('这份文件讲什么？', ['lease', 'other', 'secret'])).toEqual(['lease-0', 'lease-1', 'other-0']);
  expect(await ids('Summarise it', null)).toEqual(['lease-0', 'lease-1', 'other-0']);
  expect((await ids('What does the lease say about clause 7?', ['lease']))?.[0]).toBe('lease-7');
  for (let place = 0; place < 10; place += 1) fake.put(`more-${place}`, ['Something else.']);
  fake.tell();
  await expect.poll(() => ids('Summarise it', null)).toEqual([]);
});

test('the same text in several documents takes one place of the results', async () => {
  const fake = fakeFeed();
  const plan = 'In case of fire leave by the east stairs and gather at the north gate.';
  for (let place = 0; place < 8; place += 1) fake.put(`plan-${place}`, [plan]);
  fake.put('wardens', ['Fire wardens check that all have left by the stairs, and report at the gate.']);
  for (const name of ['first', 'second']) fake.put(name, ['Fire: no.']);
  const hooks = await startedRetrieval(fake);
  for (const rerank of [true, false]) {
    const asked = queryOf('Where do we gather in case of fire?', ann, { limit: 4, rerank });
    const passages = (await hooks.retrieve?.(asked, context))?.passages ?? [];
    const found = new Map(passages.map(({ id, duplicates }) => [id.split('-')[0], duplicates]));
    expect(Object.fromEntries(found)).toEqual({ first: 0, plan: 7, second: 0, wardens: 0 });
  }
});
