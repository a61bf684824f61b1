import { afterEach, expect, test } from 'vitest';
import { useEncoder } from '../../../../test/support/encoder.ts';
import { memoryKeywordEngine } from '../../../../test/support/engines.ts';
import { fakeFeed, houseOf, queryOf, viewerOf } from '../../../../test/support/fake-feed.ts';
import { hookContext } from '../../../../test/support/plugin-context.ts';
import type { KeywordEngine } from '../engines/engine.ts';
import { retrievalPlugin } from '../index.ts';

const { signal } = new AbortController();
const ann = viewerOf('ann');
const embeddings = useEncoder();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Keywords in an engine that can be down, vectors built in. */
async function started() {
  const fake = fakeFeed();
  const state = { down: false };
  const engine = memoryKeywordEngine();
  const frail: KeywordEngine = {
    ...engine,
    async open(format, during) {
      const index = await engine.open(format, during);
      const up =
        <A extends unknown[], T>(work: (...asked: A) => Promise<T>) =>
        async (...asked: A): Promise<T> => {
          if (state.down) throw new Error('down');
          return work(...asked);
        };
      return { ...index, position: up(index.position), apply: up(index.apply), search: up(index.search) };
    },
  };
  fake.put('one', ['A zebra has stripes.', '斑马有条纹。']);
  const warnings: string[] = [];
  const house = houseOf(fake, warnings, { embeddings });
  const hooks = await retrievalPlugin({ followEvery: 10, keywordEngine: () => frail }).setup(house);
  stops.push(() => hooks.stop?.());
  await hooks.start?.(signal);
  const search = async (query: string, strategy: 'HYBRID' | 'KEYWORD' | 'VECTOR' = 'HYBRID') => {
    const result = await hooks.retrieve?.(queryOf(query, ann, { strategy }, fake), hookContext(signal));
    return { strategy: result?.strategy, degraded: result?.degraded, found: result?.passages.map(({ id }) => id) };
  };
  const whole = { strategy: 'HYBRID', degraded: [], found: expect.arrayContaining(['one-0']) };
  await expect.poll(() => search('a striped zebra')).toMatchObject(whole);
  return { fake, state, engine, search, whole, warnings };
}

test('without keywords vectors replace them, also if only keywords were requested; without both nothing is found, and the result says so', async () => {
  const { state, search, whole } = await started();
  state.down = true;
  const byVectors = { strategy: 'VECTOR', degraded: ['keyword'] };
  // More often than a breaker lets through.
  for (let round = 0; round < 8; round += 1) {
    expect(await search('a striped zebra', 'KEYWORD')).toMatchObject(byVectors);
    expect(await search('a striped zebra')).toMatchObject(byVectors);
  }
  state.down = false;
  await expect.poll(() => search('a striped zebra')).toMatchObject(whole);
});

test('changes of another replica while this one opens the index do not make it another database’s', async () => {
  const { fake, engine } = await started();
  const format = (await engine.serving(signal)) as string;
  let cleared = false;
  let wrote = false;
  const busy: KeywordEngine = {
    ...engine,
    async clear(during) {
      cleared = true;
      await engine.clear(during);
    },
    async open(asked, during) {
      const index = await engine.open(asked, during);
      const position = async () => {
        if (!wrote) {
          wrote = true;
          fake.put('two', ['A striped zebra, again.']);
          await index.apply(await additionsAfter(await index.position(during)), during);
        }
        return index.position(during);
      };
      return { ...index, position };
    },
  };
  const additionsAfter = async (after: number) =>
    (await fake.feed.changesAfter(after, 100)).map((change) =>
      change.type === 'added' ? { ...change, entry: ['zebra'] } : change,
    );
  const hooks = await retrievalPlugin({ followEvery: 10, keywordEngine: () => busy }).setup(houseOf(fake));
  stops.push(() => hooks.stop?.());
  await hooks.start?.(signal);
  // Open at the end of the start: a server that restarts does not answer without documents first.
  const answer = await hooks.retrieve?.(queryOf('a striped zebra', ann, {}, fake), hookContext(signal));
  expect(answer).toMatchObject({ strategy: 'KEYWORD', degraded: [] });
  expect({ wrote, cleared, serving: await engine.serving(signal) }).toEqual({
    wrote: true,
    cleared: false,
    serving: format,
  });
});

test('an index that is lost is filled again and serves again, with nothing to do by hand', async () => {
  const { fake, engine, search, whole, warnings } = await started();
  const format = await engine.serving(signal);
  expect(format).not.toBeNull();
  await engine.clear(signal);
  fake.put('two', ['A striped zebra, again.']);
  fake.tell();
  await expect.poll(() => warnings.some((warning) => warning.includes('lost what it had'))).toBe(true);
  await expect.poll(() => engine.serving(signal)).toBe(format);
  expect(await search('a striped zebra')).toMatchObject({
    ...whole,
    found: expect.arrayContaining(['one-0', 'two-0']),
  });
  expect(await search('斑马', 'KEYWORD')).toMatchObject({ degraded: [], found: ['one-1'] });
});
