import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { until } from '../support/until.ts';

const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on CacheAnswered { cache { hit level key } } } }`;
const ADD = 'mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }';

let provider: FakeProvider;
let app: TestApp;
let operator: Client;
let ann: Client;
let bob: Client;

beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({
    MODEL_BALANCED: 'openai-compatible:test',
    OPENAI_BASE_URL: provider.url,
    ENABLE_CACHING: 'true',
    MAX_CONCURRENT_REQUESTS: '200',
  });
  operator = client(app.url, OPERATOR_KEY);
  const [annsKey, bobsKey] = await Promise.all(['ann', 'bob'].map(keyOf));
  ann = client(app.url, annsKey);
  bob = client(app.url, bobsKey);
  // While the encoder opens, retrieval is degraded, and such answers are not kept.
  provider.respond(() => ({ text: 'Warm.' }));
  await until(async () => Boolean((await ask(ann, 'Warm?')).hit));
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
let answers = 0;
beforeEach(() => {
  answers = 0;
  provider.respond(() => {
    answers += 1;
    return { text: `Answer ${answers}: the bridge was built in 1932.`, chunkSize: 4 };
  });
});

async function keyOf(subject: string): Promise<string> {
  const { data } = await operator.request(
    'mutation($subject: String!) { createApiKey(input: { name: "k", subject: $subject }) { secret } }',
    { subject },
  );
  return data.createApiKey.secret;
}

async function ask(asking: Client, content: string) {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data } of asking.sse(CHAT, { content })) {
    events.push(data.chat);
    text = applied(text, data.chat);
  }
  const of = (type: string) => events.filter((event) => event.__typename === type);
  return { text, of, hit: of('CacheAnswered')[0]?.['cache'] as { key: string; level: string } | undefined };
}

test('a question that was asked before streams the answer that it had, and usage counts nothing', async () => {
  const first = await ask(ann, 'A first question?');
  expect(first.hit).toBeUndefined();
  const second = await ask(ann, 'A first  question? ');
  expect(second.text).toBe(first.text);
  expect(second.hit).toMatchObject({ hit: true, level: 'MEMORY' });
  expect(second.of('GenerationCompleted')).toHaveLength(1);
  expect(answers).toBe(1);
  const { data } = await ann.request(
    'query($id: ID!) { node(id: $id) { ... on Message { generation { cache { hit key } usage { inputTokens costUsd } } } } }',
    { id: second.of('GenerationCompleted')[0]?.message?.id },
  );
  expect(data.node.generation).toMatchObject({ cache: { hit: true }, usage: { inputTokens: 0, costUsd: 0 } });
});

test('another viewer’s equal question is a miss', async () => {
  await ask(ann, 'Mine alone?');
  expect((await ask(bob, 'Mine alone?')).hit).toBeUndefined();
  expect(answers).toBe(2);
});

test('a hundred equal questions at once are one call of the model, and all of them stream the whole answer', async () => {
  provider.respond(() => {
    answers += 1;
    return { text: 'Word 词 '.repeat(60), chunkSize: 6, delayMs: 5 };
  });
  const all = await Promise.all(Array.from({ length: 100 }, () => ask(ann, 'All at once?')));
  expect(new Set(all.map(({ text }) => text))).toEqual(new Set(['Word 词 '.repeat(60)]));
  expect(all.every(({ of }) => of('GenerationCompleted').length === 1)).toBe(true);
  expect(answers).toBe(1);
});

test('where the model fails the first of many equal questions, one of the others asks it again, for all of them', async () => {
  provider.respond(() => {
    answers += 1;
    return answers === 1
      ? { status: 500, delayMs: 300 }
      : { text: 'At the second try. '.repeat(20), chunkSize: 6, delayMs: 5 };
  });
  const all = await Promise.all(Array.from({ length: 30 }, () => ask(ann, 'Will the first one fail?')));
  expect(all.filter(({ of }) => of('GenerationFailed').length === 1)).toHaveLength(1);
  expect(all.filter(({ text }) => text === 'At the second try. '.repeat(20))).toHaveLength(29);
  expect(answers).toBe(2);
});

test('a new, a changed or a deleted document shows at once', async () => {
  const question = 'When was the suspension bridge built?';
  provider.respond(() => ({ text: 'The suspension bridge was built in 1932.' }));
  expect((await ask(ann, question)).hit).toBeUndefined();
  expect((await ask(ann, question)).hit).toBeDefined();
  const { data } = await ann.request(ADD, { text: 'The suspension bridge was built in 1932.' });
  expect((await ask(ann, question)).hit).toBeUndefined();
  const grounded = await ask(ann, question);
  expect(grounded.hit).toBeDefined();
  expect(grounded.of('CitationAdded')).toHaveLength(1);
  // A document that she may not read changes nothing for her.
  await bob.request(ADD, { text: 'The suspension bridge was built in 1933.' });
  expect((await ask(ann, question)).hit).toBeDefined();
  await ann.request('mutation($id: ID!) { deleteDocument(id: $id) { id } }', { id: data.addDocument.id });
  const after = await ask(ann, question);
  expect(after.hit).toBeUndefined();
  expect(after.of('CitationAdded')).toEqual([]);
});

test('an answer that is rated DOWN is not given again', async () => {
  const first = await ask(ann, 'A bad one?');
  const second = await ask(ann, 'A bad one?');
  expect(second.hit).toBeDefined();
  const id = first.of('GenerationCompleted')[0]?.message?.id;
  await ann.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: DOWN }) { rating } }', { id });
  expect((await ask(ann, 'A bad one?')).hit).toBeUndefined();
});

test('an operator clears the cache, or one entry by its key', async () => {
  await ask(ann, 'To be cleared?');
  const { hit } = await ask(ann, 'To be cleared?');
  const clear = 'mutation($key: String) { clearCache(key: $key) { removed } }';
  expect((await ann.request(clear)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await operator.request(clear, { key: hit?.key })).data.clearCache.removed).toBe(1);
  expect((await ask(ann, 'To be cleared?')).hit).toBeUndefined();
  expect((await operator.request(clear)).data.clearCache.removed).toBeGreaterThan(0);
  expect((await ask(ann, 'To be cleared?')).hit).toBeUndefined();
});

test('a tenant’s operator clears what is kept for the own tenant, and no entry of another’s', async () => {
  const { data } = await operator.request(
    'mutation { createApiKey(input: { name: "k", subject: "boss", tenant: "away", role: OPERATOR }) { secret } }',
  );
  const boss = client(app.url, data.createApiKey.secret);
  const clear = 'mutation($key: String) { clearCache(key: $key) { removed } }';
  const asked = async (asking: Client) => {
    await ask(asking, 'Whose is this?');
    return (await ask(asking, 'Whose is this?')).hit;
  };
  const [anns, bosses] = [await asked(ann), await asked(boss)];
  expect([anns?.level, bosses?.level]).toEqual(['MEMORY', 'MEMORY']);
  expect((await boss.request(clear, { key: anns?.key })).data.clearCache.removed).toBe(0);
  expect((await boss.request(clear)).data.clearCache.removed).toBeGreaterThan(0);
  expect((await ask(ann, 'Whose is this?')).hit?.key).toBe(anns?.key);
  expect((await ask(boss, 'Whose is this?')).hit).toBeUndefined();
  const again = await asked(boss);
  expect((await boss.request(clear, { key: again?.key })).data.clearCache.removed).toBe(1);
});

test('a failed answer is not kept, and metrics tell of hits', async () => {
  provider.reply({ status: 500 });
  const failed = await ask(ann, 'Will it fail?');
  expect(failed.of('GenerationFailed')).toHaveLength(1);
  const again = await ask(ann, 'Will it fail?');
  expect(again.of('GenerationCompleted')).toHaveLength(1);
  const figures = await (
    await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } })
  ).text();
  expect(figures).toMatch(/cache_requests_total\{outcome="memory"\} [1-9]/);
  expect(figures).toMatch(/cache_saved_tokens_total [1-9]/);
});

test('regenerate asks the model', async () => {
  const first = await ask(ann, 'Another one, please?');
  const before = answers;
  const id = first.of('GenerationCompleted')[0]?.message?.id;
  const { data } = await ann.request(
    'mutation($id: ID!) { regenerateMessage(input: { messageId: $id }) { generation { id } } }',
    { id },
  );
  const read = async () =>
    (
      await ann.request(
        'query($id: ID!) { node(id: $id) { ... on Generation { status cache { hit } } } }',
        data.regenerateMessage.generation,
      )
    ).data.node;
  await expect.poll(read).toEqual({ status: 'COMPLETE', cache: { hit: false } });
  expect(answers).toBe(before + 1);
});
