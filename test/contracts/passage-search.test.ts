/** The contract of every engine that finds passages. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FoundPassage, Hooks, PluginManifest, RetrievalQuery } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import type { Viewer } from '#core/viewer.ts';
import { retrievalPlugin } from '../../src/plugins/retrieval/index.ts';
import { useEncoder } from '../support/encoder.ts';
import { type FakeFeed, fakeFeed, houseOf, queryOf, viewerOf } from '../support/fake-feed.ts';
import { hookContext } from '../support/plugin-context.ts';
import { randomInteger, seeded } from '../support/random.ts';

const encoder = useEncoder();
const ENGINES: readonly [string, EmbeddingModel | null, () => PluginManifest][] = [
  ['built in, keywords alone', null, () => retrievalPlugin({ followEvery: 10 })],
  ['built in, with vectors', encoder, () => retrievalPlugin({ followEvery: 10 })],
];

const [ann, bob, eve] = [viewerOf('ann'), viewerOf('bob'), viewerOf('eve', 'elsewhere')];
const signal = new AbortController().signal;

describe.each(ENGINES)('passages by the engine %s', (_name, embeddings, plugin) => {
  let fake: FakeFeed;
  let hooks: Hooks;
  beforeEach(async () => {
    fake = fakeFeed({ shared: true });
    hooks = await plugin().setup(houseOf(fake, [], { embeddings }));
  });
  afterEach(() => hooks.stop?.());

  const find = async (
    query: string,
    viewer: Viewer,
    others?: Partial<RetrievalQuery>,
  ): Promise<readonly FoundPassage[]> =>
    (await hooks.retrieve?.(queryOf(query, viewer, others, fake), hookContext(signal)))?.passages ?? [];
  const ids = async (...asked: Parameters<typeof find>) => (await find(...asked)).map(({ id }) => id);
  const start = () => hooks.start?.(signal);
  const eventually = async (expectation: () => Promise<void>) =>
    expect
      .poll(async () =>
        expectation().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);

  test('passages from before the start are found, in English and in Chinese', async () => {
    const [tower] = fake.put('towers', ['The Eiffel Tower is in Paris.', 'A bridge is in London.']);
    const [science] = fake.put('science', ['人工智能是计算机科学的一个分支。', '天气很好。']);
    await start();
    expect((await ids('Where is the Eiffel tower?', ann))[0]).toBe(tower);
    expect((await ids('什么是人工智能？', ann))[0]).toBe(science);
  });

  test('added and replaced passages are found, removed ones no longer', async () => {
    await start();
    expect(await ids('zebra', ann)).toEqual([]);
    const [zebra] = fake.put('one', ['A zebra has stripes.']);
    fake.tell();
    await eventually(async () => expect(await ids('zebra', ann)).toEqual([zebra]));
    fake.put('one', ['A leopard has spots.']);
    fake.tell();
    // By keywords: to vectors a zebra is similar to a leopard, and the passage's id is the same.
    await eventually(async () => expect(await ids('leopard', ann, { strategy: 'KEYWORD' })).toEqual(['one-0']));
    expect(await ids('zebra', ann, { strategy: 'KEYWORD' })).toEqual([]);
    fake.remove('one');
    fake.tell();
    await eventually(async () => expect(await ids('leopard', ann)).toEqual([]));
  });

  test('removed passages take no place from others', async () => {
    fake.put('better', ['Zebra, zebra, zebra.']);
    fake.put('one', ['Among much else there is a zebra in this somewhat longer text.']);
    await start();
    expect(await ids('zebra', ann, { limit: 1, rerank: false })).toEqual(['better-0']);
    fake.remove('better');
    fake.tell();
    await eventually(async () => expect(await ids('zebra', ann, { limit: 1, rerank: false })).toEqual(['one-0']));
  });

  test('changes of another replica are found without a notification', async () => {
    await start();
    fake.put('one', ['A zebra has stripes.']);
    await eventually(async () => expect(await ids('zebra', ann)).toEqual(['one-0']));
  });

  test('another viewer’s passages are never found, shared ones only in their tenant', async () => {
    fake.put('own', ['A zebra of Ann.']);
    fake.put('shared', ['A zebra that Ann shares.'], { shared: true });
    fake.put('secret', ['A zebra of Bob.'], { viewerId: 'bob' });
    fake.put('far', ['A zebra elsewhere.'], { viewerId: 'eve', tenant: 'elsewhere', shared: true });
    await start();
    expect((await ids('zebra', ann)).sort()).toEqual(['own-0', 'shared-0']);
    expect((await ids('zebra', bob)).sort()).toEqual(['secret-0', 'shared-0']);
    expect(await ids('zebra', eve)).toEqual(['far-0']);
    expect(await ids('zebra', viewerOf('nobody', 'nowhere'))).toEqual([]);
    expect(await ids('zebra', viewerOf('ann', 'elsewhere'), { documentIds: ['secret', 'shared'] })).toEqual([
      'shared-0',
    ]);
  });

  test('only requested documents are searched, and another viewer’s are not found by naming them', async () => {
    for (const name of ['one', 'two', 'three']) fake.put(name, [`The zebra of ${name}.`]);
    fake.put('secret', ['A zebra of Bob.'], { viewerId: 'bob' });
    await start();
    expect(await ids('zebra', ann, { documentIds: ['two', 'secret', 'unknown'] })).toEqual(['two-0']);
    expect(await ids('zebra', ann, { documentIds: [] })).toEqual([]);
  });

  test('filters hold before the best are taken: one’s own passage is found among thousands of others’', async () => {
    const random = seeded(5);
    const words = Array.from({ length: 500 }, (_, index) => `word${index}`);
    for (let document = 0; document < 100; document += 1)
      fake.put(
        `d${document}`,
        Array.from({ length: 100 }, () =>
          ['zebra zebra', ...Array.from({ length: 20 }, () => words[randomInteger(random, words.length)])].join(' '),
        ),
        { viewerId: 'bob' },
      );
    const [own] = fake.put('own', [`Among ${words.slice(0, 200).join(' ')} there is one zebra.`]);
    await start();
    expect(await ids('zebra', ann, { limit: 5 })).toEqual([own]);
    expect(await find('zebra word7', bob, { limit: 100 })).toHaveLength(100);
    fake.remove('own');
    fake.tell();
    await eventually(async () => expect(await ids('zebra', ann)).toEqual([]));
  });

  test('after many replacements the index finds the current passages and no others', async () => {
    await start();
    for (let round = 0; round < 30; round += 1)
      fake.put(
        'often',
        Array.from({ length: 100 }, (_, place) => `zebra of round${round} at place${place}`),
      );
    fake.put('once', ['one quiet zebra']);
    fake.tell();
    await eventually(async () => expect(await ids('quiet', ann)).toEqual(['once-0']));
    expect(await ids('round28', ann)).toEqual([]);
    expect(await ids('round29 place42', ann, { limit: 1 })).toEqual(['often-42']);
  });

  test.each([true, false])(
    'scores are 0..1 and fall, and highlights are sentences of the passage (reranked: %s)',
    async (rerank) => {
      const text = 'Nothing here. The zebra 😀 lives in Africa. A zebra eats grass.';
      fake.put('one', [text, 'A zebra.', '斑马生活在非洲。']);
      await start();
      const found = await find('Where does the zebra live in Africa?', ann, { rerank });
      expect(found.length).toBe(2);
      let former = 1;
      for (const { score, keywordScore, highlights, id } of found) {
        expect(score).toBeLessThanOrEqual(former);
        expect(score).toBeGreaterThan(0);
        expect(keywordScore).toBeGreaterThan(0);
        expect(keywordScore).toBeLessThanOrEqual(1);
        former = score;
        for (const one of highlights ?? []) expect(one.score > 0 && one.score <= 1).toBe(true);
        if (id === 'one-0') {
          const best = highlights?.[0];
          expect(text.slice(best?.start, best?.end)).toBe('The zebra 😀 lives in Africa.');
        }
      }
      expect(found[0]?.id).toBe('one-0');
    },
  );

  test('title and heading count, and a query of no words finds nothing', async () => {
    fake.put('one', ['Stripes all over.'], { documentTitle: 'About the zebra', heading: 'Africa' });
    await start();
    expect(await ids('zebra', ann)).toEqual(['one-0']);
    expect(await ids('africa', ann)).toEqual(['one-0']);
    for (const empty of ['', '   ', '?!', 'the of and', '😀', '\ud83d']) expect(await ids(empty, ann)).toEqual([]);
  });

  test('a query of any length and content is answered', async () => {
    fake.put('one', ['A zebra has stripes.', '斑马生活在非洲。']);
    await start();
    expect(await ids(`${'lorem ipsum '.repeat(10_000)} zebra`, ann)).toEqual(['one-0']);
    expect(await ids('斑马'.repeat(20_000), ann)).toEqual(['one-1']);
    expect(await ids('__proto__ constructor toString hasOwnProperty', ann)).toEqual([]);
  });
});
