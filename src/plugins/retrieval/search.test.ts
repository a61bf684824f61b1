/** Searches while the keyword engine fails, comes back, or has lost its index. */
import { expect, test } from 'vitest';
import type { DocumentRecord } from '#core/ports/store.ts';
import { useEncoder } from '../../../test/support/encoder.ts';
import { memoryKeywordEngine } from '../../../test/support/engines.ts';
import { fakeFeed, queryOf, viewerOf } from '../../../test/support/fake-feed.ts';
import { hookContext } from '../../../test/support/plugin-context.ts';
import { startedRetrieval } from '../../../test/support/retrieval.ts';
import type { KeywordEngine } from './engines/engine.ts';

const ann = viewerOf('ann');
const context = hookContext();
const embeddings = useEncoder();

/** Keywords in an engine that can be down, lose all that it has, and hold back what is written. `off`: without vectors. */
async function setting(vectors: 'on' | 'off' = 'on') {
  const memory = memoryKeywordEngine();
  const engine = { down: false, writes: Promise.resolve(), lose: () => memory.clear(context.signal) };
  const up = () => {
    if (engine.down) throw new Error('the engine is down');
  };
  const keywordEngine: KeywordEngine = {
    ...memory,
    async open(format, signal) {
      await memory.open(format, signal);
      const kept = () => memory.open(format, signal);
      return {
        format,
        position: async (within) => {
          up();
          return (await kept()).position(within);
        },
        async apply(changes, within) {
          await engine.writes;
          up();
          await (await kept()).apply(changes, within);
        },
        async search(query, within) {
          up();
          return (await kept()).search(query, within);
        },
        count: async (within) => (await kept()).count(within),
      };
    },
  };
  const fake = fakeFeed({ shared: true });
  fake.put('english', ['A zebra has stripes.']);
  fake.put('chinese', ['斑马有条纹。']);
  const hooks = await startedRetrieval(fake, {
    parts: vectors === 'on' ? { embeddings } : {},
    indexWithin: 1_000_000,
    keywordEngine: () => keywordEngine,
  });
  const search = async (query: string) => {
    const result = await hooks.retrieve?.(queryOf(query, ann, {}, fake), context);
    return [result?.strategy, result?.degraded, result?.passages[0]?.id ?? null];
  };
  const whole = [vectors === 'on' ? 'HYBRID' : 'KEYWORD', [], 'english-0'];
  await expect.poll(() => search('zebra')).toEqual(whole);
  return { engine, fake, hooks, search };
}

test('a question that no leg can answer says which leg it lacks, and does not fail', async () => {
  const { engine, search } = await setting('off');
  engine.down = true;
  for (let round = 0; round < 8; round += 1) expect(await search('斑马')).toEqual(['KEYWORD', ['keyword'], null]);
});

test('without keywords vectors answer, in both languages', async () => {
  const { engine, search } = await setting();
  engine.down = true;
  expect(await search('zebra')).toEqual(['VECTOR', ['keyword'], 'english-0']);
  expect(await search('斑马')).toEqual(['VECTOR', ['keyword'], 'chinese-0']);
});

test('a leg that answers again, but lacks what came meanwhile, is named until it has it', async () => {
  const { engine, fake, search } = await setting();
  engine.writes = Promise.reject(new Error('no more room'));
  engine.writes.catch(() => undefined);
  fake.put('late', ['A lion has none.']);
  fake.tell();
  await expect.poll(() => search('zebra')).toEqual(['HYBRID', ['keyword'], 'english-0']);
  engine.writes = Promise.resolve();
  await expect.poll(() => search('zebra')).toEqual(['HYBRID', [], 'english-0']);
});

test('an index that was lost is not asked until it is complete again', async () => {
  const { engine, search } = await setting();
  const gate = Promise.withResolvers<void>();
  engine.writes = gate.promise;
  await engine.lose();
  await expect.poll(() => search('zebra')).toEqual(['VECTOR', ['keyword'], 'english-0']);
  gate.resolve();
  await expect.poll(() => search('斑马')).toEqual(['HYBRID', [], 'chinese-0']);
});

test('a question about a document as a whole is given its beginnings where keywords are in an engine, up or down', async () => {
  const { engine, fake, search } = await setting();
  fake.put('lease', ['The rent is 40 euro a month.', 'The lease runs for five years.']);
  fake.put('english', []);
  fake.put('chinese', []);
  fake.tell();
  expect(await search('What is this document about?')).toEqual(['KEYWORD', [], 'lease-0']);
  engine.down = true;
  expect(await search('总结一下这份文件')).toEqual(['KEYWORD', [], 'lease-0']);
});

test('a document is indexed without waiting for an engine that is known to be down', async () => {
  const { engine, fake, hooks } = await setting();
  engine.down = true;
  fake.put('late', ['A lion has none.']);
  fake.tell();
  await expect.poll(() => hooks.health?.()).toContain('does not answer');
  const document = { id: 'd', kind: null, title: 'Lions', mediaType: 'text/plain' } as DocumentRecord;
  const save = async () => void fake.put('d', ['A lioness hunts.']);
  expect(
    await hooks.ingest?.({ document, text: 'A lioness hunts.', save, progress: async () => undefined }, context),
  ).toBe(true);
});
