import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type Behaviour, type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const CHAT = `subscription($content: String!, $model: String) { chat(input: { content: $content, model: $model }) { ${EVENT}
  ... on ModelRouted { route { model tier complexity reason fallbacks } } } }`;
const HARD =
  'Design a distributed rate limiter. It must tolerate the loss of a region. Compare at least three algorithms, explain the trade-offs in detail, write the code, and prove that it holds the bound. Assume clocks drift by up to 50 ms. If a region is cut off then it should degrade gracefully. Explain step by step, and consider cost, latency and consistency.';
const MODELS = {
  MODEL_LIGHT: 'openai-compatible:light',
  MODEL_BALANCED: 'openai-compatible:balanced',
  MODEL_STRONG: 'openai-compatible:strong',
};

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(({ body }) => ({ text: `By ${body.model}.`, usage: { inputTokens: 1_000, outputTokens: 1_000 } }));
});
afterAll(() => provider.close());

async function withApp(more: Record<string, string>, work: (viewer: Client, app: TestApp) => Promise<void>) {
  const app = await startApp({ ...MODELS, OPENAI_BASE_URL: provider.url, ENABLE_HYBRID_RETRIEVAL: 'false', ...more });
  try {
    await work(client(app.url, OPERATOR_KEY), app);
  } finally {
    await app.remove();
  }
}
async function chat(viewer: Client, content: string, model?: string) {
  const events: StreamEvent[] = [];
  for await (const { data } of viewer.sse(CHAT, { content, model: model ?? null })) events.push(data.chat);
  const of = (type: string) => events.find((event) => event.__typename === type);
  return {
    text: of('GenerationCompleted')?.message?.content,
    route: of('ModelRouted')?.['route'],
    failed: of('GenerationFailed'),
  };
}

test('easy questions go to the light model, hard ones to the strong, with the reason in words', async () => {
  await withApp({ ENABLE_MODEL_ROUTING: 'true' }, async (viewer) => {
    const easy = await chat(viewer, 'What is the capital of France?');
    expect(easy.text).toBe('By light.');
    expect(easy.route).toMatchObject({
      tier: 'LIGHT',
      fallbacks: ['openai-compatible:balanced', 'openai-compatible:strong'],
    });
    const hard = await chat(viewer, HARD);
    expect(hard.text).toBe('By strong.');
    expect(hard.route.reason).toMatch(/complexity (0\.\d\d|1\.00) by .*; STRONG model/);
    expect((await chat(viewer, HARD, 'openai-compatible:light')).text).toBe('By light.');
    const { data } = await viewer.request('mutation($q: String!) { routeModel(input: { query: $q }) { tier } }', {
      q: HARD,
    });
    expect(data.routeModel.tier).toBe('STRONG');
  });
});

const FAULTS: [string, Behaviour][] = [
  ['429 with Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
  ['500', { status: 500 }],
  ['closing before the first token', { closeAfter: 0 }],
  ['a stall before the first token', { stallAfter: 0 }],
  ['malformed events', { malformedAfter: 0 }],
  ['an error in place of an answer', { onlyError: true }],
];
test('the next model answers if the chosen one fails before its first token, of whatever kind', async () => {
  await withApp({ ENABLE_MODEL_ROUTING: 'true', MODEL_FIRST_TOKEN_TIMEOUT: '2000' }, async (viewer) => {
    for (const [fault, behaviour] of FAULTS) {
      provider.reply(behaviour);
      const { text, route } = await chat(viewer, 'What is the capital of Spain?');
      expect([fault, text]).toEqual([fault, 'By balanced.']);
      expect(route.model).toBe('openai-compatible:light');
      // An answer closes its circuit again; the pause that 429 asked for comes first.
      await expect.poll(async () => (await chat(viewer, 'Are you well?', MODELS.MODEL_LIGHT)).text).toBe('By light.');
    }
  });
});

test('a model that asked for a pause is passed over, and platform.models says that it rests', async () => {
  const figures = {
    MODEL_PRICES: JSON.stringify({ [MODELS.MODEL_LIGHT]: { input: 1, output: 2 } }),
    MODEL_CONTEXT_TOKENS: JSON.stringify({ [MODELS.MODEL_LIGHT]: 4_096 }),
  };
  await withApp({ ENABLE_MODEL_ROUTING: 'true', ...figures }, async (viewer) => {
    provider.reply({ status: 429, headers: { 'retry-after': '60' } });
    await chat(viewer, 'What is the capital of Spain?');
    provider.calls.length = 0;
    const { route } = await chat(viewer, 'What is the capital of Italy?');
    expect(route.model).toBe('openai-compatible:balanced');
    expect(route.reason).toContain('openai-compatible:light rests after failures');
    expect(provider.calls.map(({ body }) => body.model)).toEqual(['balanced']);
    const { data } = await viewer.request(
      '{ platform { models { name healthy contextTokens inputUsdPerMillion outputUsdPerMillion } } }',
    );
    expect(data.platform.models).toContainEqual({
      ...{ name: 'openai-compatible:light', healthy: false, contextTokens: 4_096 },
      ...{ inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
    });
    expect(data.platform.models).toContainEqual(
      expect.objectContaining({ name: 'openai-compatible:balanced', healthy: true, contextTokens: null }),
    );
  });
});

test('a request that does not fit a context goes to a model that it fits', async () => {
  const contexts = { [MODELS.MODEL_LIGHT]: 1_000, [MODELS.MODEL_BALANCED]: 128_000 };
  await withApp({ ENABLE_MODEL_ROUTING: 'true', MODEL_CONTEXT_TOKENS: JSON.stringify(contexts) }, async (viewer) => {
    const { text, route } = await chat(viewer, 'What is the capital of France?');
    expect(text).toBe('By balanced.');
    expect(route.reason).toContain('which openai-compatible:light has no room for');
  });
});

test('with routing off the balanced model answers', async () => {
  await withApp({ ENABLE_MODEL_ROUTING: 'false' }, async (viewer) => {
    expect(await chat(viewer, 'What is the capital of France?')).toMatchObject({
      text: 'By balanced.',
      route: undefined,
    });
  });
});

test('a spent budget ends turns until its period is over, by whatever way they are asked', async () => {
  const prices = Object.fromEntries(Object.values(MODELS).map((name) => [name, { input: 100, output: 100 }]));
  const budget = {
    MODEL_PRICES: JSON.stringify(prices),
    BUDGET_USD: '0.3',
    BUDGET_SOFT_USD: '0.15',
    BUDGET_PERIOD: 'month',
  };
  await withApp({ ENABLE_MODEL_ROUTING: 'true', ...budget }, async (viewer, app) => {
    // Each turn costs .2 dollars.
    expect((await chat(viewer, HARD)).text).toBe('By strong.');
    const { data } = await viewer.request('{ viewer { budget { limitUsd softLimitUsd usedUsd resetsAt } } }');
    expect(data.viewer.budget).toMatchObject({ limitUsd: 0.3, softLimitUsd: 0.15, usedUsd: 0.2 });
    const soft = await chat(viewer, HARD);
    expect(soft.text).toBe('By light.');
    expect(soft.route.reason).toContain('the budget is nearly spent');
    for (const model of [undefined, 'openai-compatible:light']) {
      const { failed } = await chat(viewer, 'One more?', model);
      expect(failed?.error).toMatchObject({
        code: 'BUDGET_EXCEEDED',
        message: expect.stringContaining(data.viewer.budget.resetsAt.slice(0, 10)),
      });
    }
    await viewer.request('mutation { setFeature(input: { name: "model-routing", enabled: false }) { enabled } }');
    expect((await chat(viewer, 'And without routing?')).failed?.error?.code).toBe('BUDGET_EXCEEDED');
    const key = await viewer.request('mutation { createApiKey(input: { name: "b", subject: "bob" }) { secret } }');
    expect((await chat(client(app.url, key.data.createApiKey.secret), 'hi')).text).toBe('By balanced.');
  });
});

test('turns that failed keep no part of a budget for what they might have cost', async () => {
  const prices = Object.fromEntries(Object.values(MODELS).map((name) => [name, { input: 1, output: 100 }]));
  await withApp({ MODEL_PRICES: JSON.stringify(prices), BUDGET_USD: '0.25' }, async (viewer) => {
    // An answer is expected to cost .1 dollars: two of them leave no room for a third.
    provider.respond(() => ({ status: 400 }));
    for (const content of ['One?', 'Two?', 'Three?', 'Four?'])
      expect((await chat(viewer, content)).failed?.error?.code).toBe('MODEL_FAILED');
    provider.respond(({ body }) => ({ text: `By ${body.model}.`, usage: { inputTokens: 1_000, outputTokens: 1_000 } }));
    expect(await chat(viewer, 'Five?')).toMatchObject({ text: 'By balanced.', failed: undefined });
  });
});

test('a hundred turns at once at the edge of a budget: those go on that have room, and the others are told to wait', async () => {
  const prices = Object.fromEntries(Object.values(MODELS).map((name) => [name, { input: 100, output: 100 }]));
  const budget = { MODEL_PRICES: JSON.stringify(prices), BUDGET_USD: '1', BUDGET_PERIOD: 'month' };
  await withApp({ ...budget, MAX_CONCURRENT_REQUESTS: '300', VIEWER_SHARE: '1' }, async (viewer) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, index) => chat(viewer, `Question ${index}?`)));
    const done = all.filter(({ text }) => text !== undefined);
    const { data } = await viewer.request('{ viewer { budget { usedUsd } } }');
    console.log(
      `a budget of $1, turns of $.20: ${done.length} of 100 at once went on, $${data.viewer.budget.usedUsd} spent`,
    );
    // An answer of 1,024 tokens is expected, so a turn is reckoned at half of what it costs.
    expect(done.length).toBeGreaterThanOrEqual(5);
    expect(data.viewer.budget.usedUsd).toBeLessThanOrEqual(2.2);
    const codes = new Set(all.flatMap(({ failed }) => failed?.error?.code ?? []));
    expect(codes.isSubsetOf(new Set(['RATE_LIMITED', 'BUDGET_EXCEEDED', 'OVERLOADED']))).toBe(true);
    expect((await chat(viewer, 'And one later?')).failed?.error?.code).toBe('BUDGET_EXCEEDED');
  });
});
