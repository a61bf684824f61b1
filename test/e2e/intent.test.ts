import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-intent-'));
const apps: TestApp[] = [];
let provider: FakeProvider;
/** A client of an app with the plugin's defaults. */
let viewer: Client;
beforeAll(async () => {
  provider = await startFakeProvider();
  viewer = await start();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.remove()));
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => provider.respond(() => ({ text: 'An answer.' })));

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Client> {
  const app = await startApp({
    MODEL_BALANCED: 'openai-compatible:chat',
    OPENAI_BASE_URL: provider.url,
    ...environment,
  });
  apps.push(app);
  return client(app.url, OPERATOR_KEY);
}

const INTENT = 'type confidence topic topicShift standaloneQuery signals';
async function trackIntent(asking: Client, message: string, history: readonly object[] = []) {
  const { data, errors } = await asking.request(
    `mutation($input: TrackIntentInput!) { trackIntent(input: $input) { ${INTENT} } }`,
    { input: { message, history } },
  );
  return errors?.[0]?.extensions.code ?? data.trackIntent;
}

/** Tells calls about an intent by the answer that they request. */
const isAboutIntent = (call: { readonly body: { readonly messages?: readonly { readonly content: unknown }[] } }) =>
  String(call.body.messages?.[0]?.content).includes('You classify the last message');

describe('trackIntent', () => {
  test('says what a message does, without storing anything', async () => {
    expect(await trackIntent(viewer, '继续上面的话题')).toMatchObject({ type: 'task_continuation' });
    expect((await trackIntent(viewer, '继续上面的话题')).confidence).toBeGreaterThan(0.5);
    const history = [
      { role: 'USER', content: 'What is throat cancer?' },
      { role: 'ASSISTANT', content: 'A disease of the throat.' },
    ];
    expect(await trackIntent(viewer, 'Is it treatable?', history)).toMatchObject({
      type: 'question',
      topic: 'throat cancer',
      topicShift: false,
      standaloneQuery: 'Is throat cancer treatable?',
    });
    const { data } = await viewer.request('{ conversations { edges { node { topic } } } }');
    expect(data.conversations.edges).toEqual([]);
  });

  test('is FEATURE_DISABLED while the switch is off, turns run without the plugin, and the switch turns it on', async () => {
    const without = await start({ ENABLE_INTENT_TRACKING: 'false' });
    expect(await trackIntent(without, 'hello')).toBe('FEATURE_DISABLED');
    const { last, events } = await ask(without, { content: 'What is throat cancer?' });
    expect(last.__typename).toBe('GenerationCompleted');
    expect(events.map((event) => event.__typename)).not.toContain('IntentTracked');
    const { data } = await without.request(
      'query($id: ID!) { node(id: $id) { ... on Generation { stages { plugin } message { parent { intent { type } } } } } }',
      { id: last.generationId },
    );
    expect(data.node.stages.map((stage: { plugin: string }) => stage.plugin)).not.toContain('intent');
    expect(data.node.message.parent.intent).toBeNull();
    await without.request('mutation { setFeature(input: { name: "intent-tracking", enabled: true }) { enabled } }');
    expect(await trackIntent(without, 'hello')).toMatchObject({ type: 'small_talk' });
  });
});

describe('a turn', () => {
  test('emits the intent, stores it with the message, and the topic with the conversation', async () => {
    const first = await ask(viewer, { content: 'What is throat cancer?' });
    expect(first.events.map((event) => event.__typename)).toContain('IntentTracked');
    const id = await conversationOf(viewer, first.last.generationId);
    expect(await stateOf(viewer, id)).toEqual({ topic: 'throat cancer', intents: ['question'] });
    await ask(viewer, { content: 'go on', conversationId: id });
    const shifted = await ask(viewer, { content: 'By the way, what is the capital of Peru?', conversationId: id });
    expect(shifted.last.__typename).toBe('GenerationCompleted');
    expect(await stateOf(viewer, id)).toEqual({
      topic: 'Peru',
      intents: ['question', 'task_continuation', 'topic_switch'],
    });
  });

  test('announces a topic that changed', async () => {
    const { last } = await ask(viewer, { content: 'What is throat cancer?' });
    const id = await conversationOf(viewer, last.generationId);
    const stop = new AbortController();
    const events = viewer.sse(
      'subscription($id: ID!) { conversation(id: $id) { __typename ... on TopicChanged { topic conversation { topic } } } }',
      { id },
      stop.signal,
    );
    const changed = (async () => {
      for await (const { data } of events)
        if (data.conversation.__typename === 'TopicChanged') return data.conversation;
    })();
    await ask(viewer, { content: 'By the way, what is the capital of Peru?', conversationId: id });
    expect(await changed).toMatchObject({ topic: 'Peru', conversation: { topic: 'Peru' } });
    stop.abort();
  });

  test('finds passages for what the message leaves unsaid', async () => {
    const texts = ['Throat cancer is treatable by radiation and surgery.', 'The bridge is treatable with paint.'];
    for (const [at, text] of texts.entries())
      await viewer.request('mutation($input: AddDocumentInput!) { addDocument(input: $input) { id } }', {
        input: { title: `Document ${at}`, text },
      });
    const { last } = await ask(viewer, { content: 'What is throat cancer?' });
    const id = await conversationOf(viewer, last.generationId);
    const { events } = await ask(viewer, { content: 'Is it treatable?', conversationId: id });
    const [retrieved] = events.filter((event) => event.__typename === 'PassagesRetrieved');
    expect(retrieved?.['passages'][0].text).toContain('Throat cancer is treatable');
  });
});

describe('INTENT_LABELS', () => {
  const items = ['card', 'account', 'statement', 'passport', 'parcel', 'ticket', 'invoice', 'loan', 'salary', 'refund'];

  test('of a Rasa file take the place of the general types', async () => {
    const path = join(folder, 'nlu.yml');
    const intents = { status: 'where is my', cancel: 'please cancel my', price: 'how much is the' };
    const blocks = Object.entries(intents).map(
      ([name, frame]) =>
        `- intent: ${name}\n  examples: |\n${items.map((item) => `    - ${frame} [${item}](item)`).join('\n')}\n`,
    );
    writeFileSync(path, `version: "3.1"\nnlu:\n${blocks.join('')}`);
    const team = await start({ INTENT_LABELS: path });
    expect(await trackIntent(team, 'where is my invoice?')).toMatchObject({ type: 'status' });
    expect(await trackIntent(team, '什么是人工智能？')).toMatchObject({ type: 'out_of_scope' });
    expect(await trackIntent(team, '继续上面的话题')).toMatchObject({ type: 'task_continuation' });
  });

  test('of a bad file stop the start and name the line', async () => {
    const path = join(folder, 'bad.jsonl');
    writeFileSync(path, '{"text":"a","label":"x"}\n{"text":"b"}\n');
    await expect(start({ INTENT_LABELS: path })).rejects.toThrow(
      /INTENT_LABELS .*bad\.jsonl: line 2: must be JSON such as/,
    );
  });
});

describe('INTENT_MODEL', () => {
  const MODEL = { INTENT_MODEL: 'openai-compatible:chat' };
  const history = [
    { role: 'USER', content: 'What is throat cancer?' },
    { role: 'ASSISTANT', content: 'A disease of the throat.' },
  ];
  let asking: Client;
  beforeAll(async () => {
    asking = await start({ ...MODEL, INTENT_MODEL_TIMEOUT: '300' });
  });

  test('analyses a message, and its standalone query is used', async () => {
    provider.respond((call) =>
      isAboutIntent(call)
        ? {
            text: '```json\n{"type":"clarification","topic":"cancer","topic_shift":false,"standalone_query":"Can throat cancer be cured?"}\n```',
          }
        : { text: 'An answer.' },
    );
    expect(await trackIntent(asking, 'Can it be cured?', history)).toMatchObject({
      type: 'clarification',
      topic: 'cancer',
      standaloneQuery: 'Can throat cancer be cured?',
      signals: expect.arrayContaining(['model:openai-compatible:chat']),
    });
  });

  test('that no setting names stops the start', async () => {
    await expect(start({ INTENT_MODEL: 'openai-compatible:other' })).rejects.toThrow(/INTENT_MODEL .*MODEL_LIGHT/);
  });

  test.each([
    ['is down', { status: 503 }],
    ['is slow', { text: 'late', delayMs: 60_000 }],
    ['answers no JSON', { text: 'It is a question.' }],
    ['answers a type that is none', { text: '{"type":"hack","topic":null,"topic_shift":false}' }],
    ['answers without end', { text: 'a'.repeat(20_000) }],
  ])('that %s changes nothing: the built-in analysis holds', async (_what, behaviour) => {
    provider.respond((call) => (isAboutIntent(call) ? behaviour : { text: 'An answer.' }));
    const found = await trackIntent(asking, 'Is it treatable?', history);
    expect(found).toMatchObject({ type: 'question', standaloneQuery: 'Is throat cancer treatable?' });
    expect(found.signals).toContain('model_failed');
    const { last } = await ask(asking, { content: 'What is throat cancer?' });
    expect(last.__typename).toBe('GenerationCompleted');
  });
});

async function conversationOf(viewer: Client, generationId: string): Promise<string> {
  const { data } = await viewer.request(
    'query($id: ID!) { node(id: $id) { ... on Generation { message { conversation { id } } } } }',
    { id: generationId },
  );
  return data.node.message.conversation.id;
}

async function stateOf(viewer: Client, id: string) {
  const { data } = await viewer.request(
    'query($id: ID!) { conversation(id: $id) { topic messages(first: 50) { edges { node { role intent { type } } } } } }',
    { id },
  );
  const { topic, messages } = data.conversation;
  const nodes = messages.edges.map(({ node }: { node: unknown }) => node) as {
    role: string;
    intent: { type: string } | null;
  }[];
  return { topic, intents: nodes.filter(({ role }) => role === 'USER').map(({ intent }) => intent?.type) };
}
