/** Cached answers while somebody cancels, breaks off, flips switches, or tries another viewer's key. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on CacheAnswered { cache { hit key } } } }`;
const TEXT = 'Word 词 '.repeat(80);

let provider: FakeProvider;
let app: TestApp;
let operator: Client;
let ann: Client;
let answers = 0;

beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({
    ...{ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url, ENABLE_CACHING: 'true' },
    ...{ ENABLE_HYBRID_RETRIEVAL: 'false', MAX_CONCURRENT_REQUESTS: '100' },
  });
  operator = client(app.url, OPERATOR_KEY);
  const { data } = await operator.request('mutation { createApiKey(input: { name: "k", subject: "ann" }) { secret } }');
  ann = client(app.url, data.createApiKey.secret);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
beforeEach(() => {
  answers = 0;
  provider.respond(() => {
    answers += 1;
    return { text: TEXT, chunkSize: 60 };
  });
});

async function ask(content: string, onEvent: (event: StreamEvent, text: string) => boolean = () => true) {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data } of ann.sse(CHAT, { content })) {
    events.push(data.chat);
    text = applied(text, data.chat);
    if (!onEvent(data.chat, text)) break;
  }
  const hit = events.find(({ __typename }) => __typename === 'CacheAnswered')?.['cache'] as { key: string } | undefined;
  return { text, events, hit };
}

test('a reader that breaks off a cached answer leaves the entry whole', async () => {
  await ask('Broken off?');
  for (let round = 0; round < 5; round += 1) await ask('Broken off?', () => false);
  const last = await ask('Broken off?');
  expect(last.hit).toBeDefined();
  expect(last.text).toBe(TEXT);
  expect(answers).toBe(1);
});

test('the one that leads is cancelled in mid-stream: the others get the whole answer by one more call, and no part of it is kept', async () => {
  provider.respond(() => {
    answers += 1;
    return { text: TEXT, chunkSize: 6, delayMs: answers === 1 ? 200 : 15 };
  });
  const led = Promise.withResolvers<string>();
  const leading = ask('Who is cancelled?', ({ generationId }, text) => {
    if (text.length > 60) led.resolve(String(generationId));
    return true;
  });
  const id = await led.promise;
  const following = Array.from({ length: 10 }, () => ask('Who is cancelled?'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await ann.request('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', { id });
  await leading;
  expect(new Set((await Promise.all(following)).map(({ text }) => text))).toEqual(new Set([TEXT]));
  expect(answers).toBe(2);
  expect((await ask('Who is cancelled?')).text).toBe(TEXT);
});

test('a switch that is flipped is another question, and flipped back the first answer is there again', async () => {
  await ask('Flipped?');
  const flip = (enabled: boolean) =>
    operator.request(`mutation { setFeature(input: { name: "intent-tracking", enabled: ${enabled} }) { enabled } }`);
  await flip(false);
  expect((await ask('Flipped?')).hit).toBeUndefined();
  await flip(true);
  expect((await ask('Flipped?')).hit).toBeDefined();
  expect(answers).toBe(2);
});

test('a viewer clears nothing by a key, neither an own one nor another viewer’s', async () => {
  await ask('Whose key?');
  const { hit } = await ask('Whose key?');
  const { errors } = await ann.request('mutation($key: String) { clearCache(key: $key) { removed } }', {
    key: hit?.key,
  });
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  expect((await ask('Whose key?')).hit).toBeDefined();
});
