import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { BUILT_IN_ENCODER, builtInEncoder } from '../../src/adapters/encoder/index.ts';
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

const encoder = builtInEncoder();
afterAll(() => encoder.stop());

describe.each([
  [
    'openai-compatible:test',
    () => {
      provider.current.always({});
      return embeddingModel({
        name: 'openai-compatible:test',
        batchSize: 2,
        openaiBaseUrl: provider.current.url,
        openaiApiKey: SECRET,
      });
    },
  ],
  [BUILT_IN_ENCODER, () => encoder],
])('%s keeps what the port promises', (name, open) => {
  test('a unit vector for each text, in order, of the dimensions that it names', async () => {
    const model = open();
    const vectors = await model.embed(['alpha', 'beta', 'gamma', 'alpha'], never());
    expect(vectors).toHaveLength(4);
    for (const vector of vectors) {
      expect(vector).toBeInstanceOf(Float32Array);
      expect(vector).toHaveLength(await model.dimensions(never()));
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    }
    expect(vectors[3]).toEqual(vectors[0]);
    expect(vectors[1]).not.toEqual(vectors[0]);
    expect(await model.embed(['alpha'], never(), 'query')).toEqual([vectors[0]]);
    expect(model.name).toBe(name);
  });

  test('returns no vectors for no texts', async () => {
    expect(await open().embed([], never())).toEqual([]);
  });

  test('rejects with the reason of an abort', async () => {
    const reason = new Error('cancelled');
    await expect(open().embed(['a'], AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const asked = open().embed(['a'], controller.signal);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

describe(BUILT_IN_ENCODER, () => {
  test('serves a query before waiting passages', async () => {
    const order: string[] = [];
    const passages = ['one', 'two'].map((name) =>
      encoder
        .embed(
          Array.from({ length: 40 }, (_, place) => `${name} ${place} ${'some words of a passage '.repeat(20)}`),
          never(),
        )
        .then(() => order.push(name)),
    );
    await encoder.embed(['a question'], never(), 'query').then(() => order.push('question'));
    await Promise.all(passages);
    expect(order).toEqual(['question', 'one', 'two']);
  });

  test('encodes in a thread without blocking the event loop', async () => {
    await encoder.embed(['opens the model'], never());
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await encoder.embed(
      Array.from({ length: 20 }, (_, place) => `${place} ${'many words '.repeat(500)}`),
      never(),
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  test('starts another thread after its end', async () => {
    const [before] = await encoder.embed(['again'], never());
    await encoder.stop();
    expect(await encoder.embed(['again'], never())).toEqual([before]);
  });

  test('a thread that ends again and again is a typed failure', async () => {
    const broken = builtInEncoder(new URL('data:text/javascript,process.exit(1)'));
    await expect(broken.embed(['a'], never())).rejects.toMatchObject({ code: 'MODEL_FAILED' });
  });
});
