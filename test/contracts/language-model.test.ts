import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LanguageModel, ModelPart, ModelRequest } from '#core/ports/language-model.ts';
import { builtInAnswerer } from '../../src/adapters/models/built-in.ts';
import { languageModels } from '../../src/adapters/models/index.ts';
import { type Behaviour, type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterAll(() => provider.close());

const request: ModelRequest = {
  system: 'Be brief.',
  messages: [{ role: 'USER', content: 'Hi' }],
  query: 'Hi',
  passages: [],
};
const never = () => new AbortController().signal;

function modelsWith(name: string, timeouts = { firstTokenTimeoutMs: 5_000, tokenTimeoutMs: 5_000 }): LanguageModel {
  return languageModels({
    openaiBaseUrl: provider.url,
    openaiApiKey: 'sk-very-secret',
    anthropicApiKey: 'sk-very-secret',
    anthropicBaseUrl: provider.url,
    balanced: name,
    prices: {},
    builtIn: builtInAnswerer(),
    ...timeouts,
  }).get(name);
}

interface Ended {
  readonly text: string;
  readonly usage: ModelPart | undefined;
  readonly error: unknown;
}
async function run(model: LanguageModel, signal = never()): Promise<Ended> {
  let text = '';
  let usage: ModelPart | undefined;
  try {
    for await (const part of model.stream(request, signal)) {
      if (part.type === 'text-delta') text += part.text;
      else usage = part;
    }
    return { text, usage, error: undefined };
  } catch (error) {
    return { text, usage, error };
  }
}

async function eventuallyNoCall(): Promise<void> {
  for (let attempt = 0; provider.openCalls() > 0 && attempt < 200; attempt += 1) await sleep(10);
}

describe.each(['openai-compatible:test', 'anthropic:test'])('%s', (name) => {
  const text = 'Grüße aus 北京, 😀 and more.';
  beforeEach(() => provider.unexpected.splice(0));
  afterEach(() => expect(provider.unexpected).toEqual([]));

  test('streams the answer and tells the usage', async () => {
    provider.reply({ text, usage: { inputTokens: 7, outputTokens: 3 } });
    expect(await run(modelsWith(name))).toEqual({
      text,
      usage: { type: 'usage', inputTokens: 7, outputTokens: 3 },
      error: undefined,
    });
    expect(JSON.stringify(provider.calls.at(-1)?.body)).toContain('Be brief.');
  });

  test.each<[string, Behaviour]>([
    ['split UTF-8', { splitBytes: true }],
    ['CRLF', { crlf: true }],
  ])('survives %s', async (_title, behaviour) => {
    provider.reply({ text, ...behaviour });
    expect(await run(modelsWith(name))).toMatchObject({ text, error: undefined });
  });

  test.each<[string, Behaviour, string, object]>([
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '7' } },
      '',
      { code: 'MODEL_UNAVAILABLE', retryAfter: 7 },
    ],
    ['500', { status: 500 }, '', { code: 'MODEL_UNAVAILABLE' }],
    ['401', { status: 401 }, '', { code: 'MODEL_UNAVAILABLE' }],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, '', { code: 'MODEL_UNAVAILABLE' }],
    ['closing early', { closeAfter: 2, chunkSize: 1 }, 'Gr', { code: 'MODEL_FAILED' }],
    ['closing before the first token', { closeAfter: 0 }, '', { code: 'MODEL_FAILED' }],
    ['no reason for the end', { noFinish: true, noDone: true, chunkSize: 100 }, text, { code: 'MODEL_FAILED' }],
    ['malformed events', { malformedAfter: 2, chunkSize: 1 }, 'Gr', { code: 'MODEL_FAILED' }],
    ['an endless line', { hugeLineAfter: 2, chunkSize: 1 }, 'Gr', { code: 'MODEL_FAILED' }],
    ['an empty answer', { text: '' }, '', { code: 'MODEL_FAILED' }],
  ])('%s is one typed failure, and what came before is kept', async (_title, behaviour, before, error) => {
    provider.reply({ text, ...behaviour });
    const ended = await run(modelsWith(name));
    expect(ended.error).toMatchObject({ name: 'AppError', ...error });
    expect(ended.text).toBe(before);
    expect(String(ended.error)).not.toMatch(/secret|127\.0\.0\.1|as prepared/);
  });

  test('stalling before the first token, or between two, is TIMED_OUT and frees the socket', async () => {
    provider.reply({ text, stallAfter: 0 });
    expect((await run(modelsWith(name, { firstTokenTimeoutMs: 50, tokenTimeoutMs: 5_000 }))).error).toMatchObject({
      code: 'TIMED_OUT',
    });
    provider.reply({ text, stallAfter: 2, chunkSize: 1 });
    const ended = await run(modelsWith(name, { firstTokenTimeoutMs: 5_000, tokenTimeoutMs: 50 }));
    expect(ended).toMatchObject({ text: 'Gr', error: { code: 'TIMED_OUT' } });
    await eventuallyNoCall();
    expect(provider.openCalls()).toBe(0);
  });

  test('an aborted call, and a reader that leaves, end the call and free the socket', async () => {
    const controller = new AbortController();
    provider.reply({ text, stallAfter: 2, chunkSize: 1 });
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    expect((await run(modelsWith(name), controller.signal)).error).toMatchObject({ message: 'cancelled' });
    provider.reply({ text, stallAfter: 2, chunkSize: 1 });
    for await (const _part of modelsWith(name).stream(request, never())) break;
    await eventuallyNoCall();
    expect(provider.openCalls()).toBe(0);
  });
});

test('an answer with a reason for its end is whole without a last frame', async () => {
  provider.reply({ text: 'whole', noDone: true });
  expect(await run(modelsWith('openai-compatible:test'))).toMatchObject({ text: 'whole', error: undefined });
});

test('a provider that refuses the connection is MODEL_UNAVAILABLE', async () => {
  const gone = await startFakeProvider();
  await gone.close();
  const model = languageModels({
    openaiBaseUrl: gone.url,
    balanced: 'openai-compatible:x',
    prices: {},
    builtIn: builtInAnswerer(),
    firstTokenTimeoutMs: 1_000,
    tokenTimeoutMs: 1_000,
  });
  expect((await run(model.get('openai-compatible:x'))).error).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
});

test('only models that the settings name can be asked for, and prices are in dollars a million tokens', () => {
  const models = languageModels({
    balanced: 'anthropic:a',
    light: 'anthropic:b',
    anthropicApiKey: 'k',
    prices: { 'anthropic:a': { input: 2, output: 10 } },
    builtIn: builtInAnswerer(),
    firstTokenTimeoutMs: 1,
    tokenTimeoutMs: 1,
  });
  expect(() => models.get('openai:gpt')).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(models.fallbackOrder).toEqual(['anthropic:a', 'anthropic:b']);
  expect(models.cost('anthropic:a', 500_000, 100_000)).toBe(2);
});
