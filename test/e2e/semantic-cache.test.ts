import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { until } from '../support/until.ts';

const CHAT = `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT}
  ... on CacheAnswered { cache { hit level key similarity } } } }`;

let provider: FakeProvider;
let app: TestApp;
let ann: Client;
let bob: Client;
let answers = 0;

beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({
    MODEL_BALANCED: 'openai-compatible:test',
    OPENAI_BASE_URL: provider.url,
    ENABLE_CACHING: 'true',
    ENABLE_SEMANTIC_CACHE: 'true',
    CACHE_SEMANTIC_MODE: 'serve',
  });
  const operator = client(app.url, OPERATOR_KEY);
  const keyOf = async (subject: string): Promise<string> =>
    (
      await operator.request(
        'mutation($subject: String!) { createApiKey(input: { name: "k", subject: $subject }) { secret } }',
        { subject },
      )
    ).data.createApiKey.secret;
  [ann, bob] = (await Promise.all(['ann', 'bob'].map(keyOf))).map((key) => client(app.url, key)) as [Client, Client];
  // While the encoder opens, retrieval is degraded, and such answers are not kept.
  provider.respond(() => ({ text: 'Warm.' }));
  await until(async () => Boolean((await ask(ann, 'Warm?')).hit));
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
beforeEach(() => {
  answers = 0;
  provider.respond(() => {
    answers += 1;
    return { text: `Answer ${answers}: do this, then that.`, chunkSize: 4 };
  });
});

async function ask(asking: Client, content: string, input: object = {}) {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data } of asking.sse(CHAT, { input: { content, ...input } })) {
    events.push(data.chat);
    text = applied(text, data.chat);
  }
  const of = (type: string) => events.filter((event) => event.__typename === type);
  return { text, of, hit: of('CacheAnswered')[0]?.['cache'] as { key: string; level: string } | undefined };
}

test.each([
  ['How do I sort a list in Python?', 'In Python, how can I sort a list?'],
  ['怎么申请退款', '请问如何申请退款？'],
  [
    'The `load_dataset` function of the Datasets library downloads the files of a dataset from the Hub and stores them in the local cache.',
    'The files of a dataset are downloaded from the Hub by the `load_dataset` function of the Datasets library, which keeps them in the local cache.',
  ],
])('%j is answered as %j was, in one stream', async (known, asked) => {
  const first = await ask(ann, known);
  const second = await ask(ann, asked);
  expect(second.text).toBe(first.text);
  expect(second.hit).toMatchObject({ hit: true, level: 'SEMANTIC' });
  expect(second.of('GenerationCompleted')).toHaveLength(1);
  expect(answers).toBe(1);
  const { data } = await ann.request(
    'query($id: ID!) { node(id: $id) { ... on Message { generation { cache { level hit } usage { inputTokens } } } } }',
    { id: second.of('GenerationCompleted')[0]?.message?.id },
  );
  expect(data.node.generation).toEqual({ cache: { level: 'SEMANTIC', hit: true }, usage: { inputTokens: 0 } });
  expect((await ask(bob, asked)).hit).toBeUndefined();
});

test.each([
  ['Convert 10 USD to EUR', 'Convert 10 EUR to USD'],
  ['A给B转账', 'B给A转账'],
  ['How do I enable dark mode?', 'How do I disable dark mode?'],
  ['Who won the 2018 World Cup?', 'Who won the 2022 World Cup?'],
])('%j is no answer to %j', async (known, asked) => {
  await ask(ann, known);
  expect((await ask(ann, asked)).hit).toBeUndefined();
});

test('after another history, and in the middle of a conversation, an equal question is another one', async () => {
  await ask(ann, 'How do I tie a bow tie?');
  const { of } = await ask(ann, 'I have a wedding tomorrow');
  const { data } = await ann.request('query($id: ID!) { node(id: $id) { ... on Message { conversation { id } } } }', {
    id: of('GenerationCompleted')[0]?.message?.id,
  });
  const conversationId = data.node?.conversation?.id ?? of('GenerationStarted')[0]?.['conversationId'];
  expect((await ask(ann, 'How can I tie a bow tie?', { conversationId })).hit).toBeUndefined();
  expect((await ask(ann, 'How can I tie a bow tie?')).hit).toMatchObject({ level: 'SEMANTIC' });
});

test('a hit that is rated DOWN is not given again', async () => {
  await ask(ann, 'How do I begin a speech?');
  const second = await ask(ann, 'How do I start a speech?');
  expect(second.hit).toMatchObject({ level: 'SEMANTIC' });
  await ann.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: DOWN }) { rating } }', {
    id: second.of('GenerationCompleted')[0]?.message?.id,
  });
  expect((await ask(ann, 'How do I start a speech?')).hit).toBeUndefined();
});

test('an operator clears it, and metrics tell of it', async () => {
  await ask(ann, 'How do I fix a flat tire?');
  const operator = client(app.url, OPERATOR_KEY);
  await operator.request('mutation { clearCache { removed } }');
  expect((await ask(ann, 'How do I repair a flat tire?')).hit).toBeUndefined();
  const figures = await (
    await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } })
  ).text();
  expect(figures).toMatch(/cache_semantic_total\{said="hit",served="yes"\} [1-9]/);
  expect(figures).toMatch(/cache_semantic_questions [1-9]/);
});
