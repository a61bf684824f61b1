import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { hasRedisServer, type OwnRedis, startRedis } from '../support/redis-server.ts';
import { describeWith } from '../support/services.ts';

const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on CacheAnswered { cache { hit level } } } }`;

describeWith('a Redis that fails', hasRedisServer, 'install redis-server', () => {
  let redis: OwnRedis;
  let admin: Redis;
  let provider: FakeProvider;
  let app: TestApp;
  let ann: Client;
  let answers = 0;

  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url, { retryStrategy: () => 100 });
    admin.on('error', () => undefined);
    provider = await startFakeProvider();
    app = await startApp({
      REDIS_URL: redis.url,
      DEADLINE_FACTOR: '3', // a Redis that is paused is waited for
      MODEL_BALANCED: 'openai-compatible:test',
      OPENAI_BASE_URL: provider.url,
      ENABLE_CACHING: 'true',
      ENABLE_SEMANTIC_CACHE: 'true',
      CACHE_SEMANTIC_MODE: 'serve',
      ENABLE_HYBRID_RETRIEVAL: 'false',
    });
    ann = client(app.url, OPERATOR_KEY);
  });
  afterAll(async () => {
    await app.remove();
    admin.disconnect();
    await redis.kill();
    await provider.close();
  });
  beforeEach(() => {
    answers = 0;
    provider.respond(() => {
      answers += 1;
      return { text: `Answer ${answers}: all is well 一切都好.`, chunkSize: 4 };
    });
  });

  async function ask(content: string) {
    let text = '';
    let level: string | undefined;
    let last = '';
    for await (const { data } of ann.sse(CHAT, { content })) {
      text = applied(text, data.chat);
      level ??= data.chat.cache?.level;
      last = data.chat.__typename;
    }
    return { text, level, last };
  }
  /** Asks until the cache answers: Redis is used again. */
  const heals = (question: string) => expect.poll(async () => (await ask(question)).level).toBe('REMOTE');
  const isAnswered = async (question: string) =>
    expect(await ask(question)).toMatchObject({
      text: expect.stringContaining('一切都好'),
      last: 'GenerationCompleted',
    });

  test('while it works, answers come from it', async () => {
    await ask('Does it work?');
    expect((await ask('Does it work?')).level).toBe('REMOTE');
    expect((await ask('does it work')).level).toBe('SEMANTIC');
    expect(answers).toBe(1);
  });

  test('killed: each question is answered, and when it is back it is used again', async () => {
    await redis.kill();
    for (let round = 0; round < 3; round += 1) await isAnswered('Is it gone?');
    await Promise.all(Array.from({ length: 10 }, () => isAnswered('Is it gone for all?')));
    await redis.start();
    await heals('Is it back?');
  });

  test('paused: it accepts connections and says nothing; each question is answered', async () => {
    redis.pause();
    try {
      await isAnswered('Is it asleep?');
      await isAnswered('Is it asleep?');
    } finally {
      redis.resume();
    }
    await heals('Is it awake?');
  });

  test('flushed: what it held is a miss, and no question that it knew is answered by what is gone', async () => {
    await ask('What was known?');
    await admin.flushall();
    const again = await ask('What was known?');
    expect(again.level).toBeUndefined();
    expect(again.text).toContain('Answer 2');
    await admin.flushall();
    expect((await ask('what was known')).text).toContain('Answer 3');
  });

  test('full, with an order to evict nothing: each question is answered, and nothing is kept', async () => {
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      await isAnswered('Is it full?');
      await isAnswered('Is it full?');
      expect(answers).toBe(2);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    await heals('Is there room?');
  });

  test.each([
    ['bytes that are no entry', (key: string) => admin.set(key, Buffer.from([1, 2, 3, 255, 254]))],
    ['an entry of another version', (key: string) => admin.set(key, Buffer.from([99, 0, 0]))],
    ['a megabyte of text', (key: string) => admin.set(key, 'x'.repeat(1_000_000))],
    ['values of other types', (key: string) => admin.multi().del(key).lpush(key, 'x').exec()],
  ])('filled with garbage: %s are a miss', async (name, spoil) => {
    const question = `What of ${name}?`;
    await ask(question);
    for (const key of await admin.keys('parley:cache:*')) await spoil(key);
    const again = await ask(question);
    expect(again).toMatchObject({ level: undefined, last: 'GenerationCompleted' });
    expect(answers).toBe(2);
    await admin.flushall();
  });
});
