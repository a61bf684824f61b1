import { afterAll, beforeAll, expect, test } from 'vitest';
import { definePlugin, type Hooks } from '#core/plugin.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { until } from '../support/until.ts';
import { wrong } from '../support/wrong.ts';

/** For any fault in any hook, the turn ends as without the plugin. Only the trace shows it. */
const ANSWER = 'The bridge was built in 1932.';
const DEADLINES = { understand: 60, recall: 60, retrieve: 2_000, route: 60, generate: 60, assess: 60, ingest: 5_000 };

const misdeeds: Record<string, (context: unknown) => unknown> = {
  throws: () => {
    throw new Error('secret of the plugin');
  },
  rejects: () => Promise.reject(new Error('secret of the plugin')),
  hangs: () => new Promise(() => undefined),
  'answers a number': () => 42,
  'answers null': () => null,
  'answers an empty object': () => ({}),
  'answers a string': () => 'text',
  'changes what it is given': (turn) => {
    (turn as { content: string }).content = 'changed';
    return undefined;
  },
};
const HOOKS = ['understand', 'recall', 'retrieve', 'route', 'assess'] as const;

async function* nothing() {}
const badStreams: Record<string, Hooks['generate']> = {
  'throws at once': () => {
    throw new Error('secret of the plugin');
  },
  'answers no stream': () => wrong(42),
  'ends without an answer': () => nothing(),
  hangs: async function* () {
    await new Promise(() => undefined);
    yield { type: 'text-delta', text: 'never' };
  },
  'throws in the middle': async function* (_turn, request, next) {
    let parts = 0;
    for await (const part of next(request)) {
      parts += 1;
      if (parts === 3) throw new Error('secret of the plugin');
      yield part;
    }
  },
  'hangs in the middle': async function* (_turn, request, next) {
    let parts = 0;
    for await (const part of next(request)) {
      parts += 1;
      if (parts === 3) await new Promise(() => undefined);
      yield part;
    }
  },
  'gives what is no part': async function* (_turn, request, next) {
    for await (const part of next(request)) {
      yield part;
      yield wrong({ type: 'nonsense' });
    }
  },
};

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: ANSWER, chunkSize: 3, delayMs: 1 }));
});
afterAll(() => provider.close());

const cases = [
  ...HOOKS.flatMap((hook) =>
    Object.entries(misdeeds).map(([name, misdeed]) => [hook, name, { [hook]: misdeed } as Hooks] as const),
  ),
  ...Object.entries(badStreams).map(([name, generate]) => ['generate', name, { generate } as Hooks] as const),
];

let current: Hooks = {};
let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  const hooks = Object.fromEntries(
    [...HOOKS, 'generate'].map((hook) => [
      hook,
      (...given: unknown[]) =>
        hook in current
          ? (current as Record<string, (...all: unknown[]) => unknown>)[hook]?.(...given)
          : hook === 'generate'
            ? (given[2] as (request: unknown) => unknown)(given[1])
            : undefined,
    ]),
  );
  const plugin = definePlugin({ name: 'bad', version: '1.0.0', contract: 2, setup: () => hooks as Hooks });
  app = await startApp(
    { ENABLE_INTENT_TRACKING: 'false', MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url },
    { plugins: [plugin], deadlines: DEADLINES },
  );
  viewer = client(app.url, OPERATOR_KEY);
  await viewer.request(
    'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932. It is long." }) { id } }',
  );
  // The encoder opens with the first search: until then a busy machine may go without vectors.
  const degraded = async () =>
    (await viewer.request('{ search(query: "bridge") { degraded } }')).data.search.degraded.length > 0;
  await until(async () => !(await degraded()));
});
afterAll(() => app.remove());

async function stagesOf(id: string) {
  const { data } = await viewer.request(
    'query($id: ID!) { node(id: $id) { ... on Generation { stages { stage plugin outcome detail } } } }',
    { id },
  );
  return data.node.stages;
}

test.each(cases)('%s that %s changes nothing but the trace', async (hook, _name, hooks) => {
  current = hooks;
  const { text, last, events } = await ask(viewer, { content: 'When was the bridge built?' });
  current = {};
  await ask(viewer, { content: 'When was the bridge built?' }); // a hook that does well closes its breaker again
  expect(text).toBe(ANSWER);
  expect(events.filter((event) => event.__typename === 'CitationAdded')).toHaveLength(1);
  expect(last).toMatchObject({ __typename: 'GenerationCompleted', message: { content: ANSWER, status: 'COMPLETE' } });
  const stages = await stagesOf(last.generationId);
  const bad = stages.filter((stage: { plugin: string }) => stage.plugin === 'bad');
  if (hook !== 'assess')
    expect(bad).toContainEqual(
      expect.objectContaining({ stage: hook, outcome: expect.stringMatching(/FAILED|TIMED_OUT/) }),
    );
  expect(JSON.stringify(stages)).not.toContain('secret of the plugin');
});

test('a hook that fails again and again is no longer asked, and the trace says why', async () => {
  current = { understand: () => Promise.reject(new Error('no')) };
  for (let turn = 0; turn < 5; turn += 1) await ask(viewer, { content: 'Hi' });
  const { last } = await ask(viewer, { content: 'Hi' });
  const stages = await stagesOf(last.generationId);
  expect(stages).toContainEqual({
    stage: 'understand',
    plugin: 'bad',
    outcome: 'SKIPPED',
    detail: 'circuit open',
  });
  current = {};
});

test('the trace names the part of a plugin that did not answer', async () => {
  current = { retrieve: async () => ({ passages: [], strategy: 'KEYWORD', degraded: ['the far leg'] }) };
  const { last } = await ask(viewer, { content: 'When was the bridge built?' });
  current = {};
  const stages = await stagesOf(last.generationId);
  expect(stages).toContainEqual({
    stage: 'retrieve',
    plugin: 'core',
    outcome: 'FAILED',
    detail: 'the far leg',
  });
});
