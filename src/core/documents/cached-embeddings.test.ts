import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import type { EmbeddingModel } from '../ports/embedding-model.ts';
import type { EmbeddingStore } from '../ports/store.ts';
import { cachedEmbeddings } from './cached-embeddings.ts';

const { signal } = new AbortController();
const vectorOf = (text: string) => Float32Array.of(text.length, text.charCodeAt(0) || 0);

interface Asked {
  readonly calls: string[][];
  running: number;
  most: number;
}
function setting(
  answer: (texts: readonly string[], call: number) => Promise<readonly Float32Array[]> | undefined = () => undefined,
) {
  const asked: Asked = { calls: [], running: 0, most: 0 };
  const model: EmbeddingModel = {
    name: 'test:model',
    dimensions: async () => 2,
    async embed(texts) {
      asked.calls.push([...texts]);
      asked.running += 1;
      asked.most = Math.max(asked.most, asked.running);
      try {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return (await answer(texts, asked.calls.length)) ?? texts.map(vectorOf);
      } finally {
        asked.running -= 1;
      }
    },
  };
  const rows = new Map<string, Float32Array>();
  const store: EmbeddingStore = {
    get: async (name, hashes) =>
      new Map(
        hashes.flatMap((hash) => {
          const key = Buffer.from(hash).toString('hex');
          const vector = rows.get(`${name} ${key}`);
          return vector ? [[key, vector] as const] : [];
        }),
      ),
    put: async (name, entries) => {
      for (const { hash, vector } of entries) rows.set(`${name} ${Buffer.from(hash).toString('hex')}`, vector);
    },
    prune: async () => undefined,
  };
  const open = () => cachedEmbeddings({ model, store, batchSize: 3, memory: 4, firstPause: 5 });
  return { asked, open, rows };
}
const unavailable = (statusCode: number, retryAfter?: number) =>
  Promise.reject(
    new AppError('MODEL_UNAVAILABLE', 'refused', {
      cause: { statusCode },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    }),
  );

test('vectors come in the order of the texts, in batches, and equal texts are sent once', async () => {
  const { asked, open } = setting();
  const texts = ['a', 'bb', 'a', 'ccc', 'dddd', 'bb', 'eeeee'];
  expect(await open().embed(texts, signal)).toEqual(texts.map(vectorOf));
  expect(asked.calls.map((call) => call.length)).toEqual([3, 2]);
  expect(asked.calls.flat().sort()).toEqual(['a', 'bb', 'ccc', 'dddd', 'eeeee']);
  expect(await open().embed([], signal)).toEqual([]);
});

test('a text is embedded once: memory serves it, and the store after a restart', async () => {
  const { asked, open, rows } = setting();
  const embeddings = open();
  await embeddings.embed(['a', 'b'], signal);
  await embeddings.embed(['b', 'a'], signal);
  expect(await open().embed(['a', 'b'], signal)).toEqual(['a', 'b'].map(vectorOf));
  expect(asked.calls).toHaveLength(1);
  rows.clear();
  expect(await embeddings.embed(['a'], signal)).toEqual([vectorOf('a')]);
  expect(asked.calls).toHaveLength(1);
  await open().embed(['a'], signal);
  expect(asked.calls).toHaveLength(2);
});

test('equal requests at once make one call; if it fails, each caller sends its own', async () => {
  const { asked, open } = setting();
  const embeddings = open();
  const all = await Promise.all(Array.from({ length: 20 }, () => embeddings.embed(['same'], signal, 'query')));
  expect(all.flat()).toEqual(Array.from({ length: 20 }, () => vectorOf('same')));
  expect(asked.calls).toHaveLength(1);

  const failing = setting((_texts, call) => (call === 1 ? unavailable(400) : undefined));
  const one = failing.open();
  const [first, second] = await Promise.allSettled([
    one.embed(['x'], signal, 'query'),
    one.embed(['x'], signal, 'query'),
  ]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
});

test('at most two calls for passages run at once, and a query does not wait for them', async () => {
  const { asked, open } = setting();
  const embeddings = open();
  const passages = embeddings.embed(
    Array.from({ length: 30 }, (_, place) => `passage ${place}`),
    signal,
  );
  await expect.poll(() => asked.calls.length).toBeGreaterThan(0);
  const before = asked.calls.length;
  await embeddings.embed(['query'], signal, 'query');
  expect(asked.calls.slice(before, before + 3).flat()).toContain('query');
  await passages;
  expect(asked.most).toBeLessThanOrEqual(3);
  expect(asked.calls).toHaveLength(11);
});

test('a busy model is tried again for passages, as late as it asks; a query is asked once', async () => {
  const { asked, open } = setting((_texts, call) =>
    call === 1 ? unavailable(429, 0.05) : call === 2 ? unavailable(503) : undefined,
  );
  const started = Date.now();
  expect(await open().embed(['a'], signal)).toEqual([vectorOf('a')]);
  expect(Date.now() - started).toBeGreaterThanOrEqual(45);
  expect(asked.calls).toHaveLength(3);
  const busy = setting(() => unavailable(429));
  await expect(busy.open().embed(['a'], signal, 'query')).rejects.toThrow('refused');
  expect(busy.asked.calls).toHaveLength(1);
});

test.each([400, 401, 404])('HTTP %i is not tried again', async (status) => {
  const { asked, open } = setting(() => unavailable(status));
  await expect(open().embed(['a'], signal)).rejects.toThrow('refused');
  expect(asked.calls).toHaveLength(1);
});

test('an aborted caller is released at once, and the queue continues', async () => {
  const { open } = setting(() => unavailable(429, 60));
  const controller = new AbortController();
  const embeddings = open();
  const waiting = embeddings.embed(['a'], controller.signal);
  setTimeout(() => controller.abort(new Error('given up')), 30);
  await expect(waiting).rejects.toThrow();
  const others = setting();
  expect(await others.open().embed(['b'], signal)).toEqual([vectorOf('b')]);
});

test('a text that is too long is cut to its beginning, and malformed text is repaired', async () => {
  const { asked, open } = setting();
  await open().embed(['x'.repeat(1_000_000), '\ud800'], signal);
  expect(asked.calls[0]?.[0]).toHaveLength(8_000);
  expect(asked.calls[0]?.[1]).toBe('\ufffd');
});

test('dimensions are requested once, and not again after a restart', async () => {
  const { asked, open } = setting();
  const embeddings = open();
  expect(await embeddings.dimensions(signal)).toBe(2);
  expect(await embeddings.dimensions(signal)).toBe(2);
  expect(await open().dimensions(signal)).toBe(2);
  expect(asked.calls).toHaveLength(1);
});
