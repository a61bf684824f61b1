import { expect, test } from 'vitest';
import { builtInAnswerer } from './built-in.ts';
import { type LanguageModelsOptions, languageModels } from './index.ts';

const modelsWith = (options: Partial<LanguageModelsOptions>) =>
  languageModels({
    openaiApiKey: 'k',
    anthropicApiKey: 'k',
    openaiBaseUrl: 'http://127.0.0.1:1/v1',
    prices: {},
    builtIn: builtInAnswerer(),
    firstTokenTimeoutMs: 1,
    tokenTimeoutMs: 1,
    ...options,
  });

test.each<[Partial<LanguageModelsOptions>, string, string[]]>([
  [{ light: 'openai:l', balanced: 'openai:b', strong: 'anthropic:s' }, 'openai:b', ['openai:l', 'anthropic:s']],
  [{ light: 'openai:l', strong: 'anthropic:s' }, 'openai:l', ['anthropic:s']],
  [{ strong: 'anthropic:s' }, 'anthropic:s', []],
  [{ light: 'openai:x', balanced: 'openai:x' }, 'openai:x', []],
  [{}, 'built-in:extractive', []],
  [{ balanced: 'built-in:extractive' }, 'built-in:extractive', []],
])('with %o the default model is %s and the fallbacks are %j', (options, first, others) => {
  const { defaultModel, fallbackOrder, list } = modelsWith(options);
  expect(defaultModel).toBe(first);
  expect(fallbackOrder).toEqual([first, ...others]);
  expect([...new Set(list.map(({ name }) => name))]).toEqual(fallbackOrder);
});

test('clients may name the models of the settings, allowed ones, and the built-in one', () => {
  const models = modelsWith({ balanced: 'openai-compatible:meta/llama:70b', allowed: ['anthropic:extra'] });
  for (const name of ['openai-compatible:meta/llama:70b', 'anthropic:extra', 'built-in:extractive'])
    expect(models.get(name).name).toBe(name);
  for (const name of ['openai:gpt', 'openai-compatible:', '', '__proto__', 'toString'])
    expect(() => models.get(name)).toThrowError(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining('anthropic:extra') }),
    );
  expect(models.fallbackOrder).toEqual(['openai-compatible:meta/llama:70b']);
});

test('a provider that does not exist is refused when the models are made', () => {
  for (const balanced of ['nobody:x', 'openai', 'constructor:x', '__proto__:x'])
    expect(() => modelsWith({ balanced })).toThrow(balanced);
});

test('prices are in dollars a million tokens, and unknown models cost nothing', () => {
  const models = modelsWith({ balanced: 'anthropic:a', prices: { 'anthropic:a': { input: 2, output: 10 } } });
  expect(models.cost('anthropic:a', 500_000, 100_000)).toBe(2);
  expect(models.cost('constructor', 500_000, 100_000)).toBe(0);
});

test('cached tokens have their own rates, and those of the settings replace the whole entry of the table', () => {
  const price = { input: 10, output: 0, cachedInput: 1, cacheWrite: 20 };
  const models = modelsWith({ balanced: 'openai:mine', prices: { 'openai:mine': price } });
  expect(models.cost('openai:mine', 1_000_000, 0, { read: 500_000, written: 100_000 })).toBeCloseTo(4 + 0.5 + 2);
  // A provider that tells more than there was.
  expect(models.cost('openai:mine', 1_000_000, 0, { read: 5_000_000, written: 9 })).toBeCloseTo(1);
  const plain = modelsWith({ balanced: 'openai:gpt-4.1', prices: { 'openai:gpt-4.1': { input: 1, output: 1 } } });
  expect(plain.price('openai:gpt-4.1')).toEqual({ input: 1, output: 1 });
  expect(plain.cost('openai:gpt-4.1', 1_000_000, 0, { read: 1_000_000, written: 0 })).toBe(1);
  expect(plain.contextTokens('openai:gpt-4.1')).toBeGreaterThan(100_000);
});

test('a known model has the price and the context of the dated table; a server of your own has none', () => {
  const known = modelsWith({ balanced: 'openai:gpt-4.1', strong: 'anthropic:claude-3-5-haiku-20241022' });
  expect(known.price('openai:gpt-4.1')).toMatchObject({ input: 2, output: 8, cachedInput: 0.5 });
  expect(known.price('anthropic:claude-3-5-haiku-20241022')).toMatchObject({ input: 0.8, cacheWrite: 1 });
  expect(known.contextTokens('anthropic:claude-3-5-haiku-20241022')).toBe(200_000);
  const compatible = (openaiBaseUrl: string) =>
    modelsWith({ balanced: 'openai-compatible:gpt-4.1', openaiBaseUrl }).price('openai-compatible:gpt-4.1');
  expect(compatible('https://api.openai.com/v1')).toMatchObject({ input: 2 });
  for (const address of ['http://127.0.0.1:11434/v1', 'https://example.org/?https://api.openai.com/v1'])
    expect(compatible(address)).toBeNull();
});
