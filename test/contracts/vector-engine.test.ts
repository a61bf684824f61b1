/** The contract of every vector engine. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector as pgvector } from '@electric-sql/pglite-pgvector';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchangeOver } from '../../src/adapters/postgres/pglite-exchange.ts';
import { poolOver } from '../../src/adapters/postgres/pglite-pool.ts';
import { IndexClient } from '../../src/plugins/retrieval/built-in/index-client.ts';
import { builtInVectorEngine } from '../../src/plugins/retrieval/engines/built-in.ts';
import { chromaEngine } from '../../src/plugins/retrieval/engines/chroma.ts';
import type { Scope, VectorEngine, VectorEntry, VectorIndex } from '../../src/plugins/retrieval/engines/engine.ts';
import { pgvectorEngine } from '../../src/plugins/retrieval/engines/pgvector.ts';
import { weaviateEngine } from '../../src/plugins/retrieval/engines/weaviate.ts';
import { Changes, HOSTILE_IDS, passageOf } from '../support/engines.ts';
import { fakeFeed } from '../support/fake-feed.ts';
import { seeded } from '../support/random.ts';
import { describeWith } from '../support/services.ts';

const { signal } = new AbortController();
const ann: Scope = { viewerId: 'ann', tenant: 'home', documentIds: null };
const DIMENSIONS = 24;
const FORMAT = `test:model@${DIMENSIONS}`;
const weaviateUrl = process.env['WEAVIATE_URL'];
const chromaUrl = process.env['CHROMA_URL'];
const remedy = (name: string) => `set ${name.toUpperCase()}_URL: scripts/services/services up ${name}`;

describe('vectors in the built-in index', () => {
  const directories = new Map<string, string>();
  suite((prefix) => {
    const directory = directories.get(prefix) ?? mkdtempSync(join(tmpdir(), 'parley-engine-'));
    directories.set(prefix, directory);
    const feed = { ...fakeFeed().feed, latestChange: async () => 1_000_000 };
    const client = new IndexClient({ feed, warn: () => undefined, directory });
    const engine = builtInVectorEngine(client);
    return { ...engine, close: () => client.stop() };
  });
});

describe('vectors by pgvector', () => {
  let database: PGlite;
  let pool: ReturnType<typeof poolOver>;
  beforeAll(async () => {
    database = await PGlite.create({ extensions: { vector: pgvector } });
    pool = poolOver(async () => exchangeOver(database));
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });
  suite((prefix) => pgvectorEngine({ pool, batchSize: 7, prefix: prefix.replaceAll('-', '_') }));
});

describeWith('vectors by Weaviate', weaviateUrl !== undefined, remedy('weaviate'), () =>
  suite((prefix) =>
    weaviateEngine({ url: weaviateUrl as string, batchSize: 50, prefix: `T${prefix.replaceAll('-', '')}` }),
  ),
);
describeWith('vectors by Chroma', chromaUrl !== undefined, remedy('chroma'), () =>
  suite((prefix) => chromaEngine({ url: chromaUrl as string, batchSize: 50, prefix })),
);

function suite(make: (prefix: string) => VectorEngine): void {
  const random = seeded(17);
  const unitVector = (): Float32Array => {
    const vector = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  /** Along one axis: nothing but itself is near. */
  const axis = (place: number): Float32Array => {
    const vector = new Float32Array(DIMENSIONS);
    vector[place] = 1;
    return vector;
  };
  const cosine = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);

  let prefix: string;
  let engine: VectorEngine;
  let index: VectorIndex;
  let changes: Changes<VectorEntry>;
  beforeEach(async () => {
    prefix = `test-${randomUUID().slice(0, 8)}`;
    engine = make(prefix);
    index = await engine.open(FORMAT, signal);
    changes = new Changes();
  });
  afterEach(async () => {
    await engine.clear(signal);
    await engine.close();
  });

  const found = async (vector: Float32Array, scope: Scope = ann, limit = 50): Promise<string[]> =>
    (await index.search({ vector, scope, limit }, signal)).map(({ id }) => id).sort();

  test('a new index is at 0; after changes at the last of them, and what was added is found with its cosine', async () => {
    expect(await index.position(signal)).toBe(0);
    expect(await index.count(signal)).toBe(0);
    await index.apply([changes.added('d/1', [axis(0)]), changes.added('d/2', [axis(1)])], signal);
    expect(await index.position(signal)).toBe(2);
    expect(await index.count(signal)).toBe(2);
    const hits = await index.search({ vector: axis(1), scope: ann, limit: 1 }, signal);
    expect(hits).toEqual([{ id: 'd/2', score: expect.closeTo(1, 3) }]);
  });

  test('changes are made in their order, also within one call, and twice does no harm', async () => {
    const mixed = [
      changes.removed('d'),
      changes.added('d/1', [axis(0)]),
      changes.added('e/1', [axis(0), axis(1)]),
      changes.added('d/2', [axis(0)]),
      changes.removed('d'),
      changes.added('d/3', [axis(0)]),
    ];
    await index.apply(mixed, signal);
    expect(await found(axis(0))).toEqual(['d/3', 'e/1']);
    await index.apply(mixed, signal);
    expect(await found(axis(0))).toEqual(['d/3', 'e/1']);
    expect(await index.count(signal)).toBe(2);
    await index.apply([changes.removed('d'), changes.removed('never was')], signal);
    expect(await found(axis(0))).toEqual(['e/1']);
  });

  test('changes are not made where the index is elsewhere than they follow', async () => {
    await index.apply([changes.added('d/1', [axis(0)])], signal, 0);
    await expect(index.apply([changes.added('d/2', [axis(0)])], signal, 0)).rejects.toThrow();
    await engine.clear(signal);
    expect(await index.position(signal)).toBe(0);
    await expect(index.apply([changes.added('d/3', [axis(0)])], signal, 1)).rejects.toThrow();
    expect(await index.position(signal)).toBe(0);
    await index.apply([changes.added('d/4', [axis(0)])], signal, 0);
    expect(await found(axis(0))).toEqual(['d/4']);
  });

  test('a passage of several vectors counts by its nearest, once, and takes no other’s place', async () => {
    const crowd = Array.from({ length: 5 }, (_, place) =>
      changes.added(
        `crowd/${place}`,
        Array.from({ length: 20 }, () => axis(0)),
      ),
    );
    await index.apply([...crowd, changes.added('alone/1', [axis(5), axis(0)]), changes.added('none/1', [])], signal);
    expect(await found(axis(0), ann, 6)).toEqual(['alone/1', ...crowd.map((_, place) => `crowd/${place}`)]);
    expect(await found(axis(5), ann, 1)).toEqual(['alone/1']);
  });

  test('a viewer finds its own passages and those shared in the tenant, of the requested documents, and no others', async () => {
    await index.apply(
      [
        changes.added('own/1', [axis(0)]),
        changes.added('own2/1', [axis(0)]),
        changes.added('bobs/1', [axis(0)], { viewerId: 'bob' }),
        changes.added('shared/1', [axis(0)], { viewerId: 'bob', shared: true }),
        changes.added('elsewhere/1', [axis(0)], { viewerId: 'eve', tenant: 'away', shared: true }),
      ],
      signal,
    );
    expect(await found(axis(0))).toEqual(['own/1', 'own2/1', 'shared/1']);
    expect(await found(axis(0), { ...ann, viewerId: 'bob' })).toEqual(['bobs/1', 'shared/1']);
    expect(await found(axis(0), { ...ann, viewerId: 'eve', tenant: 'away' })).toEqual(['elsewhere/1']);
    const asked = { ...ann, documentIds: ['own', 'bobs', 'elsewhere', 'shared'] };
    expect(await found(axis(0), asked)).toEqual(['own/1', 'shared/1']);
    expect(await found(axis(0), { ...ann, documentIds: [] })).toEqual([]);
    const thousands = Array.from({ length: 2_000 }, (_, place) => `none${place}`);
    expect(await found(axis(0), { ...ann, documentIds: [...thousands, 'own2'] })).toEqual(['own2/1']);
    for (const hostile of HOSTILE_IDS) {
      expect(await found(axis(0), { viewerId: hostile, tenant: hostile, documentIds: null })).toEqual([]);
      expect(await found(axis(0), { ...ann, documentIds: [hostile] })).toEqual([]);
    }
    for (const hostile of HOSTILE_IDS)
      await index.apply([changes.added('hostile/1', [axis(3)], { viewerId: hostile, tenant: hostile })], signal);
  });

  test('a search over a thousand vectors finds the nearest that the viewer may read', async () => {
    const vectors = new Map(Array.from({ length: 1_000 }, (_, place) => [`d${place}/1`, unitVector()]));
    const ownerOf = (id: string) => (Number(id.slice(1, -2)) % 4 === 0 ? 'ann' : 'bob');
    const all = Array.from(vectors, ([id, vector]) => changes.added(id, [vector], { viewerId: ownerOf(id) }));
    for (let start = 0; start < all.length; start += 250) await index.apply(all.slice(start, start + 250), signal);
    expect(await index.count(signal)).toBe(1_000);
    let shared = 0;
    for (let round = 0; round < 20; round += 1) {
      const query = unitVector();
      const truth = [...vectors]
        .filter(([id]) => ownerOf(id) === 'ann')
        .map(([id, vector]) => ({ id, score: cosine(query, vector) }))
        .sort((a, b) => b.score - a.score);
      const hits = await index.search({ vector: query, scope: ann, limit: 10 }, signal);
      expect(hits).toHaveLength(10);
      const scores = new Map(truth.map(({ id, score }) => [id, score]));
      for (const { id, score } of hits) expect(score).toBeCloseTo(scores.get(id) ?? -2, 3);
      const ten = new Set(truth.slice(0, 10).map(({ id }) => id));
      shared += hits.filter(({ id }) => ten.has(id)).length;
    }
    expect(shared / 200).toBeGreaterThanOrEqual(0.95);
    await index.apply(
      [...vectors.keys()].map((id) => changes.removed(passageOf(id).documentId)),
      signal,
    );
    expect(await index.count(signal)).toBe(0);
    expect(await found(unitVector())).toEqual([]);
  });

  test('a vector of other dimensions is refused, and moves nothing', async () => {
    await index.apply([changes.added('d/1', [axis(0)])], signal);
    await expect(index.apply([changes.added('d/2', [Float32Array.of(1, 0)])], signal)).rejects.toThrow();
    await expect(index.search({ vector: Float32Array.of(1), scope: ann, limit: 1 }, signal)).rejects.toThrow();
    expect(await index.position(signal)).toBe(1);
    expect(await found(axis(0))).toEqual(['d/1']);
  });

  test('while an index of another format is built the old one serves; then the new one does, and the old one is gone', async () => {
    expect(await engine.serving(signal)).toBeNull();
    await index.apply([changes.added('d/1', [axis(0)])], signal);
    await engine.serve(FORMAT, signal);
    expect(await engine.serving(signal)).toBe(FORMAT);
    const next = await engine.open('other/model:x@3', signal);
    expect(await next.position(signal)).toBe(0);
    await next.apply([{ ...changes.added('d/2', [Float32Array.of(0, 1, 0)]), sequence: 1 }], signal);
    expect(await engine.serving(signal)).toBe(FORMAT);
    expect(await found(axis(0))).toEqual(['d/1']);
    await engine.serve('other/model:x@3', signal);
    expect(await engine.serving(signal)).toBe('other/model:x@3');
    const hits = await next.search({ vector: Float32Array.of(0, 1, 0), scope: ann, limit: 5 }, signal);
    expect(hits.map(({ id }) => id)).toEqual(['d/2']);
    expect(await (await engine.open(FORMAT, signal)).position(signal)).toBe(0);
  });

  test('another client finds the index unchanged', async () => {
    await index.apply([changes.added('d/1', [axis(0)])], signal);
    await engine.serve(FORMAT, signal);
    await engine.close();
    engine = make(prefix);
    expect(await engine.serving(signal)).toBe(FORMAT);
    index = await engine.open(FORMAT, signal);
    expect(await index.position(signal)).toBe(1);
    expect(await found(axis(0))).toEqual(['d/1']);
  });

  test('a cleared index is empty and starts from the beginning', async () => {
    await index.apply([changes.added('d/1', [axis(0)])], signal);
    await engine.serve(FORMAT, signal);
    await engine.clear(signal);
    expect(await engine.serving(signal)).toBeNull();
    index = await engine.open(FORMAT, signal);
    expect(await index.position(signal)).toBe(0);
    expect(await found(axis(0))).toEqual([]);
    await index.apply([changes.added('d/2', [axis(0)])], signal);
    expect(await found(axis(0))).toEqual(['d/2']);
  });

  test('an index that the server created itself after a loss is not accepted as ours', async () => {
    await index.apply([changes.added('d/1', [axis(0)])], signal);
    await engine.clear(signal);
    await index.apply([changes.added('d/2', [axis(1)])], signal).catch(() => undefined);
    expect(await index.position(signal)).toBe(0);
    expect(await index.count(signal)).toBe(0);
    await index.apply([changes.added('d/3', [axis(2)])], signal);
    expect(await found(axis(2))).toEqual(['d/3']);
  });

  test('a search that is aborted rejects with its reason', async () => {
    const controller = new AbortController();
    const search = index.search({ vector: axis(0), scope: ann, limit: 5 }, controller.signal);
    controller.abort(new Error('gone'));
    await expect(search).rejects.toThrow('gone');
  });
}

test.each([
  ['Weaviate', () => weaviateEngine({ url: 'http://:secret@127.0.0.1:1', batchSize: 1 })],
  ['Chroma', () => chromaEngine({ url: 'http://127.0.0.1:1', batchSize: 1 })],
  ['pgvector', () => pgvectorEngine({ url: 'postgresql://user:secret@127.0.0.1:1/x', batchSize: 1 })],
])('the error of %s that is missing has no address and password', async (name, make) => {
  const engine = make();
  const error = await engine.serving(signal).catch((thrown) => thrown);
  expect(String(error)).toContain(name);
  expect(String(error)).not.toMatch(/secret|127\.0\.0\.1/);
  await engine.close();
});
