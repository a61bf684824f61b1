import { afterEach, describe, expect, test } from 'vitest';
import { type EmbeddingModelOptions, embeddingModel } from '../../src/adapters/models/index.ts';
import type { Behaviour } from '../support/fake-provider.ts';
import { expectNoSocketLeft, never, SECRET, useFakeProvider } from '../support/models.ts';

const provider = useFakeProvider();

describe.each(['openai-compatible:test', 'openai:test'])('%s', (name) => {
  const model = (options: Partial<EmbeddingModelOptions> = {}) =>
    embeddingModel({
      name,
      batchSize: 2,
      openaiBaseUrl: provider.current.url,
      openaiApiKey: SECRET,
      ...options,
    });
  afterEach(() => expect(provider.current.unexpected).toEqual([]));

  test('gives a unit vector a text, in order, by batches', async () => {
    provider.current.always({});
    const before = provider.current.calls.length;
    const texts = ['alpha', 'beta', 'gamma', 'alpha', 'delta'];
    const vectors = await model().embed(texts, never());
    expect(vectors).toHaveLength(5);
    for (const vector of vectors) {
      expect(vector).toBeInstanceOf(Float32Array);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    }
    expect(vectors[3]).toEqual(vectors[0]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    expect(provider.current.calls.slice(before).map(({ body }) => body.input)).toEqual([
      ['alpha', 'beta'],
      ['gamma', 'alpha'],
      ['delta'],
    ]);
  });

  test('its dimensions are those of its first vector', async () => {
    provider.current.always({});
    const one = model();
    expect(await one.dimensions(never())).toBe((await one.embed(['a'], never()))[0]?.length);
    provider.current.reply({ vectors: [[1, 0, 0]] });
    await expect(one.embed(['b'], never())).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });

  test('asks nothing for no texts', async () => {
    const before = provider.current.calls.length;
    expect(await model().embed([], never())).toEqual([]);
    expect(provider.current.calls).toHaveLength(before);
  });

  const vector = [1, 0, 0, 0, 0, 0, 0, 0];
  test.each<[string, Behaviour, object]>([
    ['429', { status: 429, headers: { 'retry-after': '4' } }, { code: 'MODEL_UNAVAILABLE', retryAfter: 4 }],
    [
      'other dimensions',
      {
        vectors: [
          [1, 0],
          [0, 1, 0],
        ],
      },
      { code: 'MODEL_FAILED' },
    ],
    ['a vector of zeros', { vectors: [vector, vector.map(() => 0)] }, { code: 'MODEL_FAILED' }],
    ['numbers that overflow', { vectors: [vector, vector.map(() => 1e300)] }, { code: 'MODEL_FAILED' }],
    ['a vector too few', { vectors: [vector] }, { code: 'MODEL_FAILED' }],
    ['no numbers', { vectors: [vector, ['x']] as unknown as number[][] }, { code: 'MODEL_FAILED' }],
  ])('%s is one typed failure', async (_title, behaviour, expected) => {
    provider.current.reply(behaviour);
    const error = await model()
      .embed(['a', 'b'], never())
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'AppError', ...expected });
    expect(String(error)).not.toMatch(new RegExp(`${SECRET}|127\\.0\\.0\\.1|api\\.openai|as prepared`));
  });

  test('batches that make up for each other’s number are a failure too', async () => {
    provider.current.reply({ vectors: [vector] });
    provider.current.reply({ vectors: [vector, vector, vector] });
    await expect(model().embed(['a', 'b', 'c', 'd'], never())).rejects.toMatchObject({ code: 'MODEL_FAILED' });
    provider.current.always({});
    await model()
      .embed(['takes the second reply'], never())
      .catch(() => undefined);
  });

  test('a stall is TIMED_OUT and an abort is its reason; both free the socket', async () => {
    provider.current.reply({ stallAfter: 0 });
    await expect(model({ timeoutMs: 60 }).embed(['a'], never())).rejects.toMatchObject({ code: 'TIMED_OUT' });
    provider.current.reply({ stallAfter: 0 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    await expect(model().embed(['a'], controller.signal)).rejects.toThrow('cancelled');
    await expectNoSocketLeft(provider.current);
  });
});

test('a provider without embeddings is refused when the model is made', () => {
  expect(() => embeddingModel({ name: 'anthropic:x', batchSize: 2 })).toThrow('anthropic:x');
});
