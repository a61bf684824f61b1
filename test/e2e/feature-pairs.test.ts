import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { until } from '../support/until.ts';

const FEATURES = [
  'intent-tracking',
  'caching',
  'semantic-cache',
  'hybrid-retrieval',
  'model-routing',
  'quality-evaluation',
  'quality-repair',
] as const;
type Feature = (typeof FEATURES)[number];
const SETS: readonly (readonly Feature[])[] = [
  [],
  ...FEATURES.map((one) => [one]),
  ...FEATURES.flatMap((one, place) => FEATURES.slice(place + 1).map((other) => [one, other])),
];

const CHAT = `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT}
  ... on CacheAnswered { cache { level } } ... on PassagesRetrieved { passages { document { title } } } } }`;
const MESSAGE = `query($id: ID!) { node(id: $id) { ... on Message { content status
  generation { features route { tier } cache { level } usage { outputTokens } } } } }`;
const USERS = `query($id: ID!) { node(id: $id) { ... on Message { content intent { type } } } }`;
/** Who may be asked without a turn, by switch. */
const OPERATIONS: readonly (readonly [Feature, string])[] = [
  ['intent-tracking', 'mutation { trackIntent(input: { message: "Go on" }) { type } }'],
  ['model-routing', 'mutation { routeModel(input: { query: "Why?" }) { tier } }'],
  ['quality-evaluation', 'mutation { evaluateQuality(input: { query: "Why?", response: "It is so." }) { overall } }'],
];

let provider: FakeProvider;
let app: TestApp;
let ann: Client;

beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: 'The suspension bridge was built in 1932. 桥建于1932年。', chunkSize: 5 }));
  app = await startApp({
    ...{ MODEL_BALANCED: 'openai-compatible:balanced', MODEL_LIGHT: 'openai-compatible:light' },
    ...{ OPENAI_BASE_URL: provider.url, CACHE_SEMANTIC_MODE: 'serve', QUALITY_MINIMUM: '0' },
  });
  ann = client(app.url, OPERATOR_KEY);
  await ann.request(
    'mutation { addDocument(input: { title: "Bridge", text: "The suspension bridge was built in 1932." }) { id } }',
  );
  // While the encoder opens, retrieval is degraded, and such answers are not kept.
  await set(['hybrid-retrieval', 'caching']);
  await until(async () => Boolean((await ask({ content: 'Is the suspension bridge warm?' })).level));
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});

async function set(on: readonly Feature[]): Promise<void> {
  for (const name of FEATURES) {
    const { errors } = await ann.request(
      'mutation($name: String!, $enabled: Boolean!) { setFeature(input: { name: $name, enabled: $enabled }) { enabled } }',
      { name, enabled: on.includes(name) },
    );
    expect(errors).toBeUndefined();
  }
}

async function ask(input: object) {
  const events: StreamEvent[] = [];
  let text = '';
  for await (const { data } of ann.sse(CHAT, { input })) {
    events.push(data.chat);
    text = applied(text, data.chat);
  }
  const of = (type: string) => events.find(({ __typename }) => __typename === type);
  return { text, of, level: of('CacheAnswered')?.['cache'].level as string | undefined };
}

test.each(SETS.map((on) => [on.join(' and ') || 'nothing', on] as const))(
  'with %s switched on a conversation goes on',
  async (_name, on) => {
    await set(on);
    const has = (name: Feature) => on.includes(name);
    const question = `When was the suspension bridge of ${on.join(' ') || 'nothing'} built?`;
    const first = await ask({ content: question });
    expect(first.text).toBe('The suspension bridge was built in 1932. 桥建于1932年。');
    expect(first.level).toBeUndefined();
    expect(first.of('PassagesRetrieved') !== undefined).toBe(has('hybrid-retrieval'));
    expect(first.of('IntentTracked') !== undefined).toBe(has('intent-tracking'));
    expect(first.of('ModelRouted') !== undefined).toBe(has('model-routing'));
    expect(first.of('EvaluationAdded') !== undefined).toBe(has('quality-evaluation'));

    const { data } = await ann.request(MESSAGE, { id: first.of('GenerationCompleted')?.message?.id });
    expect(data.node).toMatchObject({ content: first.text, status: 'COMPLETE' });
    expect(data.node.generation.features.toSorted()).toEqual([...on].sort());
    expect(data.node.generation.route !== null).toBe(has('model-routing'));
    const started = first.of('GenerationStarted');
    const user = await ann.request(USERS, { id: started?.['userMessageId'] });
    expect(user.data.node.content).toBe(question);
    expect(user.data.node.intent !== null).toBe(has('intent-tracking'));

    const next = await ask({ content: 'And who built it?', conversationId: started?.['conversationId'] });
    expect(next.text).toBe(first.text);

    const again = await ask({ content: question });
    expect(again.text).toBe(first.text);
    expect(again.level).toBe(has('caching') ? 'MEMORY' : has('semantic-cache') ? 'SEMANTIC' : undefined);

    for (const [feature, operation] of OPERATIONS) {
      const { errors } = await ann.request(operation);
      expect(errors?.[0]?.extensions.code, operation).toBe(has(feature) ? undefined : 'FEATURE_DISABLED');
    }
  },
);
