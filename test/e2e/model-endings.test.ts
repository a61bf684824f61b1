import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const TEXT = 'Grüße aus 北京, 😀 and more.';
const REASONING = 'Let me think about 桥 😀 first.';

let provider: FakeProvider;
let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url });
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
beforeEach(() => void provider.calls.splice(0));

const GENERATION = `query($id: ID!) { node(id: $id) { ... on Generation { status finishReason
  error { code retryable retryAfterMs } usage { inputTokens outputTokens } stages { stage detail } message { content reasoning } } } }`;
const generationOf = async (id: string) => (await viewer.request(GENERATION, { id })).data.node;

describe('an answer', () => {
  test.each([
    ['stop', 'STOP'],
    ['length', 'LENGTH'],
    ['content_filter', 'CONTENT_FILTER'],
  ] as const)('that ends with %s is COMPLETE and tells so', async (finish, finishReason) => {
    provider.reply({ text: TEXT, finish });
    const { last } = await ask(viewer, { content: 'Hi' });
    expect(last).toMatchObject({ __typename: 'GenerationCompleted', message: { content: TEXT } });
    expect(await generationOf(last.generationId)).toMatchObject({ status: 'COMPLETE', finishReason, error: null });
  });

  test('without the provider’s usage is charged by estimate, with its reasoning', async () => {
    provider.reply({ text: TEXT, reasoning: REASONING, usage: null });
    const { usage, stages } = await generationOf((await ask(viewer, { content: 'Hi' })).last.generationId);
    expect(usage.inputTokens).toBeGreaterThan(5);
    expect(usage.outputTokens).toBeGreaterThan(10);
    expect(JSON.stringify(stages)).toContain('usage estimated');
  });
});

describe('reasoning', () => {
  const REASONS =
    'subscription($input: SendMessageInput!) { chat(input: $input) { __typename cursor generationId ... on GenerationStarted { conversationId } ... on ReasoningDelta { text offset } ... on TextDelta { text offset } } }';
  const RESUME =
    'subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { __typename cursor ... on ReasoningDelta { text offset } ... on TextDelta { text } ... on TextSnapshot { text } } }';

  test.each([
    ['reasoning_content', { text: TEXT, reasoning: REASONING }],
    ['<think>', { text: `<think>${REASONING}</think>\n\n${TEXT}`, chunkSize: 2 }],
  ])(
    'in %s streams apart from the answer, is stored apart, and never goes back to the model',
    async (_name, behaviour) => {
      provider.reply(behaviour);
      provider.reply({ text: 'And more.' });
      let reasoning = '';
      let text = '';
      let started: { conversationId: string; generationId: string } | undefined;
      for await (const { data } of viewer.ws(REASONS, { input: { content: 'Think' } })) {
        const event = data.chat;
        if (event.__typename === 'GenerationStarted') started = event;
        if (event.__typename === 'ReasoningDelta') {
          expect([event.offset, text]).toEqual([reasoning.length, '']);
          reasoning += event.text;
        }
        if (event.__typename === 'TextDelta') text += event.text;
      }
      expect({ reasoning, text }).toEqual({ reasoning: REASONING, text: TEXT });
      const { message } = await generationOf(started?.generationId ?? '');
      expect(message).toEqual({ content: TEXT, reasoning: REASONING });
      await ask(viewer, { content: 'And then?', conversationId: started?.conversationId });
      expect(JSON.stringify(provider.calls[1]?.body)).toContain('北京');
      expect(JSON.stringify(provider.calls[1]?.body)).not.toContain('Let me think');
    },
  );

  test('is replayed from the store after a restart, once', async () => {
    const first = await startApp({ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url });
    provider.reply({ text: TEXT, reasoning: REASONING });
    const { last } = await ask(client(first.url, OPERATOR_KEY), { content: 'Think' });
    await first.stop();
    const second = await startApp({ DATA_DIR: first.dataDirectory });
    const follow = async (after: string | null) => {
      const events: { __typename: string; cursor: string; text?: string }[] = [];
      for await (const { data } of client(second.url, OPERATOR_KEY).sse(RESUME, { id: last.generationId, after }))
        events.push(data.generation);
      return events;
    };
    const all = await follow(null);
    expect(all.filter(({ __typename }) => __typename === 'ReasoningDelta')).toMatchObject([
      { text: REASONING, offset: 0 },
    ]);
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    for (const [index, { cursor }] of all.entries())
      if (index > 0)
        expect((await follow(cursor)).map((event) => event.cursor)).toEqual(
          all.slice(index + 1).map((event) => event.cursor),
        );
    await second.remove();
    await first.remove();
  });
});

describe('a failure that is not the model’s', () => {
  test.each([
    [{ status: 400, errorCode: 'context_length_exceeded' }, 'PAYLOAD_TOO_LARGE'],
    [{ status: 400, errorCode: 'content_filter' }, 'BAD_USER_INPUT'],
    [{ text: '', finish: 'content_filter' }, 'BAD_USER_INPUT'],
    [{ status: 422 }, 'MODEL_FAILED'],
  ] as const)('%j, many times over, stops nobody else', async (behaviour, code) => {
    for (let time = 0; time < 7; time += 1) {
      provider.reply(behaviour);
      const { last } = await ask(viewer, { content: 'Hi' });
      expect(last).toMatchObject({ __typename: 'GenerationFailed', error: { code, retryable: false } });
    }
    provider.reply({ text: TEXT });
    expect((await ask(viewer, { content: 'Hi' })).text).toBe(TEXT);
  });
});

test('the prompt of a second message marks the running answer as unfinished', async () => {
  provider.reply({ text: 'The bridge was built of iron and stone.', chunkSize: 2, delayMs: 1_000 });
  provider.reply({ text: TEXT });
  const { data } = await viewer.request(
    'mutation { sendMessage(input: { content: "Tell me" }) { generation { id } assistantMessage { id conversation { id } } } }',
  );
  const { generation, assistantMessage } = data.sendMessage;
  const content = async () =>
    (
      await viewer.request('query($id: ID!) { node(id: $id) { ... on Message { content } } }', {
        id: assistantMessage.id,
      })
    ).data.node.content;
  await expect.poll(content).not.toBe('');
  await ask(viewer, { content: 'Be quick', conversationId: assistantMessage.conversation.id });
  const told = provider.calls.at(-1)?.body.messages?.filter(({ role }) => role === 'assistant') ?? [];
  expect(JSON.stringify(told)).toMatch(/"Th.*unfinished/);
  await viewer.request('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', { id: generation.id });
});

test('a call that is cancelled before its first token counts its request; one that the provider refuses counts nothing', async () => {
  const input = { content: 'A question of some length, which a provider reads and bills before it answers.' };
  provider.reply({ text: TEXT, stallAfter: 0 });
  const { data } = await viewer.request(
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { generation { id } } }',
    { input },
  );
  const { id } = data.sendMessage.generation;
  await expect.poll(() => provider.calls.length).toBe(1);
  await viewer.request('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', { id });
  const cancelled = await generationOf(id);
  expect(cancelled).toMatchObject({ status: 'CANCELLED', message: { content: '' }, usage: { outputTokens: 0 } });
  expect(cancelled.usage.inputTokens).toBeGreaterThan(15);
  provider.reply({ status: 400 });
  const { usage } = await generationOf((await ask(viewer, input)).last.generationId);
  expect(usage).toEqual({ inputTokens: 0, outputTokens: 0 });
});

test('a failure and an open circuit report the milliseconds until a retry', async () => {
  provider.reply({ status: 429, headers: { 'retry-after': '7' } });
  const { last } = await ask(viewer, { content: 'Hi' });
  expect((await generationOf(last.generationId)).error).toEqual({
    code: 'MODEL_UNAVAILABLE',
    retryable: true,
    retryAfterMs: 7_000,
  });
  const refused = await ask(viewer, { content: 'Hi' });
  const { retryAfterMs } = (await generationOf(refused.last.generationId)).error;
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(7_000);
});
