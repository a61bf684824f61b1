/** The contract of every keyword engine. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokenize } from '../../src/plugins/retrieval/analysis/tokens.ts';
import { KeywordTable } from '../../src/plugins/retrieval/built-in/keyword-table.ts';
import { elasticsearchEngine } from '../../src/plugins/retrieval/engines/elasticsearch.ts';
import type { KeywordEngine, KeywordIndex, TokenEntry } from '../../src/plugins/retrieval/engines/engine.ts';
import { Changes, HOSTILE_IDS, memoryKeywordEngine, passageOf } from '../support/engines.ts';
import { randomText, seeded } from '../support/random.ts';
import { describeWith } from '../support/services.ts';

const url = process.env['ELASTICSEARCH_URL'];
const remedy = 'set ELASTICSEARCH_URL to an Elasticsearch 8 or 9: scripts/services/services up elasticsearch';
const { signal } = new AbortController();
const ann = { viewerId: 'ann', tenant: 'home', documentIds: null };

describe('keywords in memory', () => suite(() => memoryKeywordEngine(), false));
describeWith('keywords by Elasticsearch', url !== undefined, remedy, () =>
  suite((prefix) => elasticsearchEngine({ url: url as string, batchSize: 3, prefix }), true),
);

function suite(make: (prefix: string) => KeywordEngine, survives: boolean): void {
  let prefix: string;
  let engine: KeywordEngine;
  let index: KeywordIndex;
  let changes: Changes<TokenEntry>;
  beforeEach(async () => {
    prefix = `test-${randomUUID().slice(0, 8)}`;
    engine = make(prefix);
    index = await engine.open('tokens-1', signal);
    changes = new Changes();
  });
  afterEach(async () => {
    await engine.clear(signal);
    await engine.close();
  });

  const found = async (
    query: string,
    scope: Parameters<KeywordIndex['search']>[0]['scope'] = ann,
  ): Promise<string[]> => {
    const { hits } = await index.search({ tokens: tokenize(query), scope, limit: 50 }, signal);
    return hits.map(({ id }) => id).sort();
  };

  test('a new index is at 0; after changes at the last of them, and what was added is found', async () => {
    expect(await index.position(signal)).toBe(0);
    expect(await index.count(signal)).toBe(0);
    await index.apply([changes.added('d/1', ['zebra']), changes.added('d/2', ['zebra', 'lion'])], signal);
    expect(await index.position(signal)).toBe(2);
    expect(await index.count(signal)).toBe(2);
    expect(await found('lion')).toEqual(['d/2']);
    expect(await found('zebra')).toEqual(['d/1', 'd/2']);
    expect(await found('tiger')).toEqual([]);
  });

  test('changes are made in their order, also within one call, and twice does no harm', async () => {
    const mixed = [
      changes.removed('d'),
      changes.added('d/1', ['zebra']),
      changes.added('e/1', ['zebra']),
      changes.added('d/2', ['zebra']),
      changes.removed('d'),
      changes.added('d/3', ['zebra']),
    ];
    await index.apply(mixed, signal);
    expect(await found('zebra')).toEqual(['d/3', 'e/1']);
    await index.apply(mixed, signal);
    expect(await found('zebra')).toEqual(['d/3', 'e/1']);
    expect(await index.count(signal)).toBe(2);
    await index.apply([changes.removed('d'), changes.removed('never was')], signal);
    expect(await found('zebra')).toEqual(['e/1']);
    expect(await index.count(signal)).toBe(1);
  });

  test('changes are not made where the index is elsewhere than they follow', async () => {
    await index.apply([changes.added('d/1', ['zebra'])], signal, 0);
    await expect(index.apply([changes.added('d/2', ['zebra'])], signal, 0)).rejects.toThrow();
    await engine.clear(signal);
    await index.position(signal);
    await expect(index.apply([changes.added('d/3', ['zebra'])], signal, 1)).rejects.toThrow();
    expect(await index.position(signal)).toBe(0);
    await index.apply([changes.added('d/4', ['zebra'])], signal, 0);
    expect(await found('zebra')).toEqual(['d/4']);
  });

  test('a document of thousands of passages is deleted whole', async () => {
    const many = Array.from({ length: 2_500 }, (_, place) => changes.added(`d/${place}`, ['zebra', `n${place}`]));
    await index.apply([...many, changes.added('e/1', ['zebra'])], signal);
    expect(await index.count(signal)).toBe(2_501);
    await index.apply([changes.removed('d')], signal);
    expect(await index.count(signal)).toBe(1);
    expect(await found('zebra')).toEqual(['e/1']);
  });

  test('a viewer finds its own passages and those shared in the tenant, of the requested documents, and no others', async () => {
    await index.apply(
      [
        changes.added('own/1', ['zebra']),
        changes.added('own2/1', ['zebra']),
        changes.added('bobs/1', ['zebra'], { viewerId: 'bob' }),
        changes.added('shared/1', ['zebra'], { viewerId: 'bob', shared: true }),
        changes.added('elsewhere/1', ['zebra'], { viewerId: 'eve', tenant: 'away', shared: true }),
      ],
      signal,
    );
    expect(await found('zebra')).toEqual(['own/1', 'own2/1', 'shared/1']);
    expect(await found('zebra', { ...ann, viewerId: 'bob' })).toEqual(['bobs/1', 'shared/1']);
    expect(await found('zebra', { ...ann, viewerId: 'eve', tenant: 'away' })).toEqual(['elsewhere/1']);
    expect(await found('zebra', { ...ann, documentIds: ['own', 'bobs', 'elsewhere', 'shared'] })).toEqual([
      'own/1',
      'shared/1',
    ]);
    expect(await found('zebra', { ...ann, documentIds: [] })).toEqual([]);
    const thousands = Array.from({ length: 5_000 }, (_, place) => `none${place}`);
    expect(await found('zebra', { ...ann, documentIds: [...thousands, 'own2'] })).toEqual(['own2/1']);
    for (const hostile of HOSTILE_IDS) {
      expect(await found('zebra', { viewerId: hostile, tenant: hostile, documentIds: null })).toEqual([]);
      expect(await found('zebra', { ...ann, documentIds: [hostile] })).toEqual([]);
    }
  });

  test('tokens of any kind are data', async () => {
    const tokens = ['c++', '.net', '智能', '*', '"', 'a:b', '(', '\\', 'x'.repeat(64), '\ud800', 'not', 'or'];
    await index.apply([changes.added('d/1', tokens), changes.added('d/2', ['plain'])], signal);
    const search = async (asked: readonly string[]) =>
      (await index.search({ tokens: asked, scope: ann, limit: 10 }, signal)).hits.map(({ id }) => id);
    for (const token of tokens.slice(0, -3)) expect(await search([token])).toEqual(['d/1']);
    for (const token of ['zebra', '**', 'plain OR c', '\u0000']) expect(await search([token])).toEqual([]);
    expect(await search(Array.from({ length: 10_000 }, (_, place) => `t${place}`))).toEqual([]);
    expect(await search(['plain', ...Array.from({ length: 10_000 }, () => 'plain')])).toEqual(['d/2']);
  });

  test('rankings, scores, rarity and size are those of the built-in index', async () => {
    const random = seeded(21);
    const table = new KeywordTable();
    const all = Array.from({ length: 300 }, (_, place) => {
      const tokens = tokenize(randomText(random, 4 + (place % 9)));
      table.add(passageOf(`d${place}/1`), { title: [], sentences: [{ start: 0, end: 0, tokens }] });
      return changes.added(`d${place}/1`, tokens);
    });
    await index.apply(all, signal);
    let shared = 0;
    let expected = 0;
    for (let round = 0; round < 30; round += 1) {
      const tokens = tokenize(randomText(random, 2));
      if (tokens.length === 0) continue;
      const truth = table.search(tokens, ann, 10);
      const answer = await index.search({ tokens, scope: ann, limit: 10 }, signal);
      expect(answer.size).toBe(300);
      for (const [token, count] of truth.frequencies) expect(answer.frequencies.get(token)).toBe(count);
      // The order among equal scores is the engine's: another hit with the score of the tenth may replace it.
      const least = truth.hits.at(-1)?.score ?? 0;
      const scores = new Map(table.search(tokens, ann, 300).hits.map(({ id, score }) => [id, score]));
      shared += answer.hits.filter(({ id }) => (scores.get(id) ?? 0) >= least * 0.99).length;
      expected += truth.hits.length;
      for (const { id, score } of answer.hits) expect(score / (scores.get(id) ?? 1)).toBeCloseTo(1, 4);
    }
    expect(expected).toBeGreaterThan(100);
    expect(shared / expected).toBeGreaterThanOrEqual(0.95);
  });

  test('what others keep to themselves changes no score, no rarity and no size', async () => {
    const own = [
      changes.added('d1/1', ['zebra', 'merger']),
      changes.added('d2/1', ['zebra', 'lion', 'sleeps', 'beside', 'an', 'old', 'tree']),
      changes.added('d3/1', ['lion', 'lion'], { viewerId: 'bob', shared: true }),
    ];
    await index.apply(own, signal);
    // A client of its own each time: it remembers no counts.
    const search = async (documentIds: readonly string[] | null = null) => {
      const fresh = survives ? make(prefix) : engine;
      const opened = await fresh.open('tokens-1', signal);
      const tokens = ['zebra', 'merger', 'lion', 'lion'];
      const answer = await opened.search({ tokens, scope: { ...ann, documentIds }, limit: 9 }, signal);
      if (survives) await fresh.close();
      return answer;
    };
    const [before, ofOne] = [await search(), await search(['d2'])];
    expect(before.size).toBe(3);
    expect(before.hits).toHaveLength(3);
    expect(ofOne.hits).toEqual(before.hits.filter(({ id }) => id === 'd2/1'));
    const others = Array.from({ length: 60 }, (_, place) => [
      changes.added(`x${place}/1`, ['merger', 'merger', 'zebra'], { viewerId: 'bob' }),
      changes.added(`y${place}/1`, ['merger'], { viewerId: 'eve', tenant: 'away', shared: true }),
    ]);
    await index.apply(others.flat(), signal);
    expect(await search()).toEqual(before);
    await index.apply([changes.removed('x1'), changes.removed('y2')], signal);
    expect(await search(['d2'])).toEqual(ofOne);
  });

  test('while an index of another format is built the old one serves; the switch is one step, and the old one goes', async () => {
    expect(await engine.serving(signal)).toBeNull();
    await index.apply([changes.added('d/1', ['zebra'])], signal);
    await engine.serve('tokens-1', signal);
    expect(await engine.serving(signal)).toBe('tokens-1');
    const next = await engine.open('tokens-2 @ another', signal);
    expect(await next.position(signal)).toBe(0);
    await next.apply([{ ...changes.added('d/2', ['lion']), sequence: 1 }], signal);
    expect(await engine.serving(signal)).toBe('tokens-1');
    expect(await found('zebra')).toEqual(['d/1']);
    await engine.serve('tokens-2 @ another', signal);
    expect(await engine.serving(signal)).toBe('tokens-2 @ another');
    const lion = await next.search({ tokens: ['lion'], scope: ann, limit: 5 }, signal);
    expect(lion.hits.map(({ id }) => id)).toEqual(['d/2']);
    const old = await engine.open('tokens-1', signal);
    expect(await old.position(signal)).toBe(0);
  });

  test('cleared, nothing is left', async () => {
    await index.apply([changes.added('d/1', ['zebra'])], signal);
    await engine.serve('tokens-1', signal);
    await engine.clear(signal);
    expect(await engine.serving(signal)).toBeNull();
    index = await engine.open('tokens-1', signal);
    expect(await index.position(signal)).toBe(0);
    expect(await found('zebra')).toEqual([]);
  });

  test.runIf(survives)(
    'another client finds the index unchanged; if it was deleted, it starts from the beginning',
    async () => {
      await index.apply([changes.added('d/1', ['zebra'])], signal);
      await engine.serve('tokens-1', signal);
      const other = make(prefix);
      expect(await other.serving(signal)).toBe('tokens-1');
      const theirs = await other.open('tokens-1', signal);
      expect(await theirs.position(signal)).toBe(1);
      await other.clear(signal);
      expect(await index.position(signal)).toBe(0);
      await index.apply([changes.added('d/2', ['zebra'])], signal);
      expect(await found('zebra')).toEqual(['d/2']);
      await other.close();
    },
  );

  test.runIf(survives)('an index that the server created itself after a loss is not accepted as ours', async () => {
    await index.apply([changes.added('d/1', ['zebra'])], signal);
    await engine.clear(signal);
    await index.apply([changes.added('d/2', ['c++'])], signal).catch(() => undefined);
    expect(await index.position(signal)).toBe(0);
    expect(await index.count(signal)).toBe(0);
    await index.apply([changes.added('d/3', ['c++', 'c'])], signal);
    const { hits } = await index.search({ tokens: ['c++'], scope: ann, limit: 5 }, signal);
    expect(hits.map(({ id }) => id)).toEqual(['d/3']);
  });

  test.runIf(survives)('a failed batch leaves the position, and its error has no address', async () => {
    await index.apply([changes.added('d/1', ['zebra'])], signal);
    const wrong = { ...changes.added('d/2', ['zebra']), passage: passageOf('x'.repeat(600)) };
    const error = await index.apply([wrong, changes.added('d/3', ['zebra'])], signal).catch((thrown) => thrown);
    expect(String(error)).toMatch(/^Error: /);
    expect(String(error)).not.toContain('127.0.0.1');
    expect(await index.position(signal)).toBe(1);
  });
}

test('the error of a missing server comes at once, without address and password', async () => {
  const engine = elasticsearchEngine({ url: 'http://user:secret@127.0.0.1:1/path', batchSize: 3 });
  const error = await engine.serving(signal).catch((thrown) => thrown);
  expect(String(error)).toMatch(/Elasticsearch does not answer/);
  expect(String(error)).not.toMatch(/secret|127\.0\.0\.1/);
  await engine.close();
});
