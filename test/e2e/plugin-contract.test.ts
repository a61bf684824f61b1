import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { CONTRACT_VERSION, definePlugin, type Hooks } from '#core/plugin.ts';
import type { IntentAnalysis, Answer as StoredAnswer, Turn } from '#core/turn.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const CHAT = `subscription($content: String!, $model: String) { chat(input: { content: $content, model: $model }) { ${EVENT}
  ... on CacheAnswered { cache { hit key } } ... on AnswerRevised { reason generation { id } } } }`;
const CACHE = { hit: true, level: 'MEMORY', similarity: null, key: 'k' } as const;
const INTENT: IntentAnalysis = {
  ...{ type: 'question', confidence: 0.9, topic: 'bridges', topicShift: false },
  ...{ standaloneQuery: 'x', signals: [] },
};
const REPORT = {
  ...{ overall: 0.2, relevance: 0.2, groundedness: null, completeness: 0.2, coherence: 1, safety: 1 },
  ...{ suggestions: [], unsupported: [], judge: 'test 1' },
};

let current: Hooks = {};
let provider: FakeProvider;
let app: TestApp;
let ann: Client;
let bob: Client;

beforeAll(async () => {
  provider = await startFakeProvider();
  const hooks = new Proxy({} as Hooks, {
    get:
      (_target, name) =>
      (...given: unknown[]) =>
        (current as Record<PropertyKey, ((...all: unknown[]) => unknown) | undefined>)[name]?.(...given),
  });
  const names = ['understand', 'recall', 'route', 'assess', 'revise', 'remember', 'clear'] as const;
  const given = Object.fromEntries(names.map((name) => [name, hooks[name]])) as Hooks;
  const plugin = definePlugin({
    ...{ name: 'probe', version: '1.0.0', contract: CONTRACT_VERSION },
    feature: { name: 'probe', default: true },
    setup: () => given,
  });
  app = await startApp(
    {
      ENABLE_INTENT_TRACKING: 'false',
      MODEL_BALANCED: 'openai-compatible:test',
      OPENAI_BASE_URL: provider.url,
    },
    { plugins: [plugin] },
  );
  ann = client(app.url, await keyOf('ann'));
  bob = client(app.url, await keyOf('bob'));
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
beforeEach(() => {
  current = {};
  provider.respond(() => ({ text: 'The bridge was built in 1932.', chunkSize: 4 }));
});

async function keyOf(subject: string): Promise<string> {
  const { data } = await client(app.url, OPERATOR_KEY).request(
    'mutation($subject: String!) { createApiKey(input: { name: "k", subject: $subject }) { secret } }',
    { subject },
  );
  return data.createApiKey.secret;
}

async function chat(asking: Client, content: string, model?: string) {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data } of asking.sse(CHAT, { content, model: model ?? null })) {
    events.push(data.chat);
    text = applied(text, data.chat);
  }
  const of = (type: string) => events.filter((event) => event.__typename === type);
  return { events, text, of };
}

test('a finished answer is remembered by ids, and its replay is verified against the documents of now', async () => {
  const { data } = await ann.request(
    'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932. It is long." }) { id } }',
  );
  let kept: StoredAnswer | undefined;
  current = {
    remember(_turn, answer) {
      kept = answer;
    },
  };
  expect((await chat(ann, 'When was the bridge built?')).of('CitationAdded')).toHaveLength(1);
  await expect.poll(() => kept?.citations).toHaveLength(1);
  expect(kept).toMatchObject({ text: 'The bridge was built in 1932.', finishReason: 'STOP', cache: { hit: false } });
  expect(kept?.grounding).toMatch(/^[0-9a-f]{64}$/);
  const { text, model, citations } = kept as StoredAnswer;
  current = { recall: () => ({ text, model, citations, cache: CACHE }) };
  const calls = provider.calls.length;

  const replayed = await chat(ann, 'When was the bridge built?');
  expect(replayed.text).toBe(text);
  expect(replayed.of('CacheAnswered')).toMatchObject([{ cache: { hit: true, key: 'k' } }]);
  expect(replayed.of('CitationAdded')[0]?.['citation']).toMatchObject({ quote: 'The bridge was built in 1932.' });
  expect(provider.calls.length).toBe(calls);

  // Another viewer may not read the document, and nobody may after its deletion: the model is called again.
  expect((await chat(bob, 'When was the bridge built?')).of('CacheAnswered')).toEqual([]);
  await ann.request('mutation($id: ID!) { deleteDocument(id: $id) { id } }', { id: data.addDocument.id });
  const after = await chat(ann, 'When was the bridge built?');
  expect(after.of('CacheAnswered')).toEqual([]);
  expect(after.of('CitationAdded')).toEqual([]);
  expect(provider.calls.length).toBe(calls + 2);
});

test('a turn follows the same viewer’s generation, and answers without it if that is another viewer’s', async () => {
  provider.respond(() => ({ text: 'Word 词 '.repeat(40), chunkSize: 5, delayMs: 10 }));
  let leader: Turn | undefined;
  current = {
    recall(turn) {
      if (leader) return { follow: leader.ids?.generationId ?? '', cache: CACHE };
      leader = turn;
      return undefined;
    },
  };
  const calls = provider.calls.length;
  const first = chat(ann, 'Tell me');
  await expect.poll(() => leader).toBeDefined();
  const [led, followed] = await Promise.all([first, chat(ann, 'Tell me')]);
  expect(followed.text).toBe(led.text);
  expect(followed.of('TextDelta').length + followed.of('TextSnapshot').length).toBeGreaterThan(1);
  expect(followed.of('GenerationCompleted')).toHaveLength(1);
  expect(provider.calls.length).toBe(calls + 1);

  const stranger = await chat(bob, 'Tell me');
  expect(stranger.text).toBe(led.text); // by a call of the model
  expect(provider.calls.length).toBe(calls + 2);
});

test('a turn whose leader fails takes back what it showed, and asks the model itself', async () => {
  let leader: Turn | undefined;
  let calls = 0;
  provider.respond(() => {
    calls += 1;
    return calls === 1
      ? { text: 'Half of an answer that breaks off', chunkSize: 3, delayMs: 20, errorAfter: 6 }
      : { text: 'Whole.' };
  });
  current = {
    recall(turn) {
      if (leader) return { follow: leader.ids?.generationId ?? '', cache: CACHE };
      leader = turn;
      return undefined;
    },
  };
  const first = chat(ann, 'Tell me more');
  await expect.poll(() => leader).toBeDefined();
  const [led, followed] = await Promise.all([first, chat(ann, 'Tell me more')]);
  expect(led.of('GenerationFailed')).toHaveLength(1);
  expect(followed.text).toBe('Whole.');
  expect(followed.of('GenerationCompleted')[0]?.message?.content).toBe('Whole.');
});

test('a refusal of the router ends the turn, also where the client named the model', async () => {
  current = { route: () => ({ refuse: new AppError('BUDGET_EXCEEDED', 'Spent until tomorrow') }) };
  const calls = provider.calls.length;
  for (const model of [undefined, 'openai-compatible:test'])
    expect((await chat(ann, 'Hello', model)).of('GenerationFailed')).toMatchObject([
      { error: { code: 'BUDGET_EXCEEDED', message: 'Spent until tomorrow', retryable: false } },
    ]);
  expect(provider.calls.length).toBe(calls);
});

test('a dry run has no ids, its model call is charged to the viewer, and without the hook it is FEATURE_DISABLED', async () => {
  let seen: Turn | undefined;
  current = {
    async understand(turn, { ask }) {
      seen = turn;
      const request = { system: '', messages: [{ role: 'USER' as const, content: 'x' }], query: 'x', passages: [] };
      for await (const part of ask(request)) if (part.type === 'text-delta') break;
      return INTENT;
    },
  };
  const usage = async () => (await bob.request('{ viewer { usage { inputTokens turns } } }')).data.viewer.usage;
  const before = await usage();
  const { data } = await bob.request(
    'mutation { trackIntent(input: { message: "And in 2020?", history: [{ role: USER, content: "x" }] }) { type topic } }',
  );
  expect(data.trackIntent).toEqual({ type: 'question', topic: 'bridges' });
  expect(seen).toMatchObject({ ids: null, kind: 'send', content: 'And in 2020?', history: [{ role: 'USER' }] });
  await expect.poll(usage).not.toEqual(before);
  expect((await usage()).turns).toBe(before.turns);

  const operator = client(app.url, OPERATOR_KEY);
  await operator.request('mutation { setFeature(input: { name: "probe", enabled: false }) { enabled } }');
  for (const call of [
    'trackIntent(input: { message: "x" }) { type }',
    'evaluateQuality(input: { query: "x", response: "y" }) { overall }',
    'routeModel(input: { query: "x" }) { model }',
  ])
    expect((await bob.request(`mutation { ${call} }`)).errors?.[0]?.extensions.code).toBe('FEATURE_DISABLED');
  await operator.request('mutation { setFeature(input: { name: "probe", enabled: true }) { enabled } }');
  expect((await bob.request('mutation { clearCache { removed } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

test('the topic and the intent of the message before are given to the next turn of the conversation', async () => {
  const turns: Turn[] = [];
  current = {
    understand(turn) {
      turns.push(turn);
      return INTENT;
    },
  };
  const { events } = await chat(ann, 'Which bridge?');
  const { conversationId } = events[0] as StreamEvent;
  const { data } = await ann.request(
    'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "And its length?" }) { generation { id } } }',
    { id: conversationId },
  );
  const status = async () =>
    (
      await ann.request(
        'query($id: ID!) { node(id: $id) { ... on Generation { status } } }',
        data.sendMessage.generation,
      )
    ).data.node.status;
  await expect.poll(status).toBe('COMPLETE');
  expect(turns).toHaveLength(2);
  expect(turns[0]).toMatchObject({ topic: null, previousIntent: null });
  expect(turns[1]).toMatchObject({ topic: 'bridges', previousIntent: { type: 'question' } });
});

test('an answer that fell short is tried once more as a sibling, and is never revised again', async () => {
  const judged: string[] = [];
  let revisions = 0;
  let texts = 0;
  provider.respond(() => {
    texts += 1;
    return { text: `Answer number ${texts}.` };
  });
  current = {
    assess({ response }) {
      judged.push(response);
      return { ...REPORT, overall: judged.length === 1 ? 0.2 : 0.9 };
    },
    revise() {
      revisions += 1;
      return { reason: 'no source', instructions: 'Name your source.' };
    },
  };
  const { of } = await chat(ann, 'Why?');
  expect(of('AnswerRevised')).toMatchObject([{ reason: 'no source' }]);
  await expect.poll(() => judged).toEqual(['Answer number 1.', 'Answer number 2.']);
  expect(revisions).toBe(1);
  expect(JSON.stringify(provider.calls.at(-1)?.body.messages?.[0])).toContain('Name your source.');
  const { data } = await ann.request(
    'query($id: ID!) { node(id: $id) { ... on Generation { message { content siblings { content } } } } }',
    { id: of('AnswerRevised')[0]?.['generation'].id },
  );
  expect(data.node.message).toEqual({
    content: 'Answer number 2.',
    siblings: [{ content: 'Answer number 1.' }, { content: 'Answer number 2.' }],
  });
});

test('judging takes its time after the answer, and the generation that is over is not flushed again', async () => {
  const { promise: flushed, resolve } = Promise.withResolvers<void>();
  current = {
    async assess() {
      // Longer than the time between two flushes.
      setTimeout(resolve, 1_200);
      await flushed;
      return REPORT;
    },
  };
  const { events } = await chat(ann, 'When was it built?');
  expect(events.map(({ __typename }) => __typename).slice(-2)).toEqual(['GenerationCompleted', 'EvaluationAdded']);
});
