import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { type Behaviour, type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const TEXT = 'Grüße aus 北京, 😀 and more.';
const TIMEOUTS = { MODEL_FIRST_TOKEN_TIMEOUT: '2000', MODEL_TOKEN_TIMEOUT: '2000' };

let provider: FakeProvider;
let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({
    ...TIMEOUTS,
    MODEL_BALANCED: 'openai-compatible:first',
    MODEL_LIGHT: 'openai-compatible:second',
    OPENAI_BASE_URL: provider.url,
  });
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});

/** The first model misbehaves; the second is well. */
const onlyFirst = (behaviour: Behaviour) =>
  provider.respond((call) => ({ text: TEXT, chunkSize: 1, ...(call.body.model === 'first' ? behaviour : {}) }));

const generationOf = async (id: string) =>
  (
    await viewer.request(
      'query($id: ID!) { node(id: $id) { ... on Generation { status model error { code retryable } usage { outputTokens } message { content } stages { stage plugin outcome detail } } } }',
      { id },
    )
  ).data.node;

const BEFORE: [string, Behaviour][] = [
  ['429', { status: 429 }],
  ['500', { status: 500 }],
  ['a stall before the first token', { stallAfter: 0 }],
  ['closing before the first token', { closeAfter: 0 }],
  ['malformed events from the start', { malformedAfter: 0 }],
];
test.each(BEFORE)('%s: the next model answers', async (_title, behaviour) => {
  onlyFirst(behaviour);
  const { text, last } = await ask(viewer, { content: 'Hi' });
  expect(text).toBe(TEXT);
  const generation = await generationOf(last.generationId);
  expect(generation).toMatchObject({ status: 'COMPLETE', model: 'openai-compatible:second' });
  expect(generation.stages.map((stage: { plugin: string }) => stage.plugin)).toContain('openai-compatible:first');
  onlyFirst({});
  await ask(viewer, { content: 'Hi', model: 'openai-compatible:first' }); // closes the breaker
});

const AFTER: [string, Behaviour, string][] = [
  ['closing early', { closeAfter: 3 }, 'MODEL_FAILED'],
  ['a stall in the middle', { stallAfter: 3 }, 'TIMED_OUT'],
  ['malformed events', { malformedAfter: 3 }, 'MODEL_FAILED'],
  ['an error event', { errorAfter: 3 }, 'MODEL_FAILED'],
  ['an endless line', { hugeLineAfter: 3 }, 'MODEL_FAILED'],
];
test.each(AFTER)(
  '%s after the first token: a typed failure, and the partial text is kept',
  async (_title, behaviour, code) => {
    onlyFirst(behaviour);
    const { text, last } = await ask(viewer, { content: 'Hi' });
    expect(last).toMatchObject({ __typename: 'GenerationFailed', error: { code } });
    expect(text).toBe(TEXT.slice(0, 3));
    expect(await generationOf(last.generationId)).toMatchObject({
      status: 'FAILED',
      error: { code, retryable: true },
      message: { content: text },
      model: 'openai-compatible:first',
    });
    onlyFirst({});
    await ask(viewer, { content: 'Hi', model: 'openai-compatible:first' });
  },
);

test('split UTF-8 arrives whole', async () => {
  onlyFirst({ splitBytes: true });
  expect((await ask(viewer, { content: 'Hi' })).text).toBe(TEXT);
});

test('if every model fails, the last failure is reported, and a regeneration works', async () => {
  provider.respond(() => ({ status: 503 }));
  const { last } = await ask(viewer, { content: 'Hi' });
  expect(last).toMatchObject({ __typename: 'GenerationFailed', error: { code: 'MODEL_UNAVAILABLE' } });
});

test('a client that leaves cancels nothing, and usage is counted once', async () => {
  provider.respond(() => ({ text: TEXT, chunkSize: 1, delayMs: 2, usage: { inputTokens: 3, outputTokens: 9 } }));
  const leave = new AbortController();
  let id = '';
  for await (const { data } of viewer.sse(
    'subscription { chat(input: { content: "leave" }) { generationId __typename } }',
    {},
    leave.signal,
  )) {
    id = data.chat.generationId;
    if (data.chat.__typename === 'TextDelta') break;
  }
  leave.abort();
  await expect.poll(async () => (await generationOf(id)).status).toBe('COMPLETE');
  expect(await generationOf(id)).toMatchObject({
    status: 'COMPLETE',
    usage: { outputTokens: 9 },
    message: { content: TEXT },
  });
});

test('no call stays open', async () => {
  await expect.poll(() => provider.openCalls()).toBe(0);
});

test('above its places the server queues, and above the queue it is OVERLOADED with a time to wait', async () => {
  const slow = await startFakeProvider();
  slow.respond(() => ({ text: 'slow answer', chunkSize: 1, delayMs: 30 }));
  const small = await startApp({
    MODEL_BALANCED: 'openai-compatible:slow',
    OPENAI_BASE_URL: slow.url,
    MAX_CONCURRENT_REQUESTS: '1',
    MAX_QUEUED_REQUESTS: '1',
  });
  const asking = client(small.url, OPERATOR_KEY);
  const send = () => asking.request('mutation { sendMessage(input: { content: "Hi" }) { generation { id } } }');
  const answers = await Promise.all([send(), send(), send(), send()]);
  const refused = answers.filter(({ errors }) => errors);
  expect(refused).toHaveLength(2);
  for (const { errors, headers } of refused) {
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'OVERLOADED', retryAfter: 1 });
    expect(headers.get('retry-after')).toBe('1');
  }
  expect((await asking.request('{ conversations { edges { node { id } } } }')).data.conversations.edges).toHaveLength(
    2,
  );
  await small.remove();
  await slow.close();
});

test('/metrics shows fallbacks, and a circuit that is open', async () => {
  const failing = await startFakeProvider();
  failing.respond(({ body }) => (body.model === 'first' ? { status: 500 } : { text: 'Hi' }));
  const watched = await startApp({
    MODEL_BALANCED: 'openai-compatible:first',
    MODEL_LIGHT: 'openai-compatible:second',
    OPENAI_BASE_URL: failing.url,
  });
  const asking = client(watched.url, OPERATOR_KEY);
  for (let turn = 0; turn < 6; turn += 1) expect((await ask(asking, { content: 'Hi' })).text).toBe('Hi');
  const shown = await (await fetch(`${watched.url}/metrics`)).text();
  const [first, second] = ['openai-compatible:first', 'openai-compatible:second'];
  for (const line of [
    `parley_model_fallbacks_total{from="${first}",to="${second}",reason="MODEL_UNAVAILABLE"} 5`,
    `parley_model_fallbacks_total{from="${first}",to="${second}",reason="CIRCUIT_OPEN"} 1`,
    `parley_circuit_open{kind="model",name="${first}"} 1`,
    `parley_stage_duration_seconds_count{stage="generate",plugin="${first}",outcome="FAILED"} 5`,
    `parley_stage_duration_seconds_count{stage="generate",plugin="${first}",outcome="SKIPPED"} 1`,
    `parley_stage_duration_seconds_count{stage="generate",plugin="${second}",outcome="OK"} 6`,
  ])
    expect(shown).toContain(line);
  await watched.remove();
  await failing.close();
});
