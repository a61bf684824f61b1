import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { LanguageModel, ModelPart, ModelRequest } from '#core/ports/language-model.ts';
import type { FinishReason } from '#core/turn.ts';
import { builtInAnswerer } from '../../src/adapters/models/built-in.ts';
import { type LanguageModelsOptions, languageModels } from '../../src/adapters/models/index.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';

/** A model of each provider. */
export const REMOTE = ['openai-compatible:test', 'openai:test', 'anthropic:test'];
export const SECRET = 'sk-very-secret';

/**
 * A fake provider for the tests of one file, which all of REMOTE reach: openai has no address but its maker's, so that one
 * leads to the fake here; the variables from which the SDK would take another address lead nowhere.
 */
export function useFakeProvider(): { readonly current: FakeProvider } {
  const holder: { current: FakeProvider } = { current: undefined as unknown as FakeProvider };
  beforeAll(async () => {
    holder.current = await startFakeProvider();
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:1/v1');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:1/v1');
    const { fetch } = globalThis;
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      fetch(String(input).replace('https://api.openai.com/v1', holder.current.url), init),
    );
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await holder.current.close();
  });
  return holder;
}

export const request: ModelRequest = {
  system: 'Be brief.',
  messages: [{ role: 'USER', content: 'Hi' }],
  query: 'Hi',
  passages: [],
};
export const never = () => new AbortController().signal;

export function modelOf(
  provider: FakeProvider,
  name: string,
  options: Partial<LanguageModelsOptions> = {},
): LanguageModel {
  const builtIn = builtInAnswerer();
  return languageModels({
    openaiBaseUrl: provider.url,
    openaiApiKey: SECRET,
    anthropicApiKey: SECRET,
    anthropicBaseUrl: provider.url,
    balanced: name,
    prices: {},
    builtIn,
    firstTokenTimeoutMs: 5_000,
    tokenTimeoutMs: 5_000,
    ...options,
  }).get(name);
}

export interface Ended {
  readonly deltas: readonly string[];
  readonly text: string;
  readonly reasoning: string;
  readonly finish: FinishReason | undefined;
  readonly usage: ModelPart | undefined;
  readonly error: unknown;
}

export async function run(model: LanguageModel, signal = never(), asked = request): Promise<Ended> {
  const deltas: string[] = [];
  let usage: ModelPart | undefined;
  let reasoning = '';
  let finish: FinishReason | undefined;
  let error: unknown;
  try {
    for await (const part of model.stream(asked, signal)) {
      if (part.type === 'text-delta') deltas.push(part.text);
      else if (part.type === 'reasoning-delta') reasoning += part.text;
      else if (part.type === 'finish') finish = part.reason;
      else usage = part;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { deltas, text: deltas.join(''), reasoning, finish, usage, error };
}

/** But for connections that wait for a next call, which are closed here. */
export async function expectNoSocketLeft(provider: FakeProvider): Promise<void> {
  for (let attempt = 0; provider.openSockets() > 0 && attempt < 200; attempt += 1) {
    await sleep(10);
    provider.closeIdleConnections();
  }
  expect(provider.openCalls()).toBe(0);
  expect(provider.openSockets()).toBe(0);
}
