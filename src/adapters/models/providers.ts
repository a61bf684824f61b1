import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider';
import { boundedFetch } from './bounded-fetch.ts';

export interface ProviderOptions {
  readonly openaiApiKey?: string | undefined;
  readonly openaiBaseUrl?: string | undefined;
  readonly anthropicApiKey?: string | undefined;
  /** For tests: the base URL of Anthropic's API. */
  readonly anthropicBaseUrl?: string | undefined;
}

export interface Provider {
  /** Absent where Parley reads the provider's protocol without the SDK. */
  languageModel?(id: string): Promise<LanguageModelV4>;
  /** Absent if the provider has no embedding models. */
  embeddingModel?(id: string): Promise<EmbeddingModelV4>;
}

/** Named here, because without a URL the SDK takes one from the environment, and the key would go there. */
const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com/v1';

const set = <K extends string>(key: K, value: string | undefined) => (value === undefined ? {} : { [key]: value });

/** The AI SDK's providers by their name in a model's; each is loaded when it is first used. */
export function providers({
  openaiApiKey,
  openaiBaseUrl,
  anthropicApiKey,
  anthropicBaseUrl,
}: ProviderOptions): ReadonlyMap<string, Provider> {
  const compatible = once(async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: 'openai-compatible',
      baseURL: openaiBaseUrl ?? '',
      fetch: boundedFetch,
      ...set('apiKey', openaiApiKey),
    });
  });
  const openai = once(async () => {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI({ baseURL: OPENAI_URL, fetch: boundedFetch, apiKey: openaiApiKey ?? '' });
  });
  const anthropic = once(async () => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({
      baseURL: anthropicBaseUrl ?? ANTHROPIC_URL,
      fetch: boundedFetch,
      apiKey: anthropicApiKey ?? '',
    });
  });
  return new Map<string, Provider>([
    ['openai-compatible', { embeddingModel: async (id) => (await compatible()).embeddingModel(id) }],
    [
      'openai',
      {
        languageModel: async (id) => (await openai())(id),
        embeddingModel: async (id) => (await openai()).embedding(id),
      },
    ],
    ['anthropic', { languageModel: async (id) => (await anthropic())(id) }],
  ]);
}

/** Remembers what was loaded; what failed is tried again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
