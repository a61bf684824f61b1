import { AppError } from '#core/errors.ts';
import type { LanguageModel, LanguageModels, ModelPrice } from '#core/ports/language-model.ts';
import { aiSdkModel } from './ai-sdk.ts';
import { type Continuation, openAiCompatibleModel } from './openai-compatible/index.ts';
import { costOf, pricedModel } from './price-table.ts';
import { once, type ProviderOptions, providers } from './providers.ts';
import type { ModelTimeouts } from './stall.ts';

export { type EmbeddingModelOptions, embeddingModel } from './embedding.ts';

export interface LanguageModelsOptions extends ProviderOptions, ModelTimeouts {
  /** `provider:model` by tier. */
  readonly light?: string | undefined;
  readonly balanced?: string | undefined;
  readonly strong?: string | undefined;
  /** Further models that clients may name. They are never used as fallbacks. */
  readonly allowed?: readonly string[];
  /** US dollars a million tokens, by model; instead of the price table of the repository. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  /** Tokens of context, by model. */
  readonly contextTokens?: Readonly<Record<string, number>>;
  /** Models that can continue an answer, and how their servers are told to. */
  readonly continuations?: Readonly<Record<string, Continuation>>;
  /** The model where none is configured. */
  readonly builtIn: LanguageModel;
}

/** The models that the settings name, and the built-in one. */
export function languageModels(options: LanguageModelsOptions): LanguageModels {
  const tiers = [
    { tier: 'BALANCED', name: options.balanced },
    { tier: 'LIGHT', name: options.light },
    { tier: 'STRONG', name: options.strong },
  ] as const;
  const configured = tiers.flatMap(({ tier, name }) =>
    name === undefined || name === options.builtIn.name ? [] : [{ tier, name }],
  );
  const byProvider = providers(options);
  const models = new Map<string, LanguageModel>([[options.builtIn.name, options.builtIn]]);
  for (const name of [...configured.map((model) => model.name), ...(options.allowed ?? [])])
    if (!models.has(name)) models.set(name, modelOf(name, byProvider, options));
  const list = configured.length > 0 ? configured : [{ name: options.builtIn.name, tier: 'BALANCED' } as const];
  const names = [...new Set(list.map(({ name }) => name))];
  const { prices, contexts } = figuresOf([...models.keys()], options);

  return {
    get(name) {
      const model = models.get(name);
      if (!model)
        throw new AppError(
          'BAD_USER_INPUT',
          `There is no model of that name; there are: ${[...models.keys()].join(', ')}`,
        );
      return model;
    },
    defaultModel: names[0] ?? options.builtIn.name,
    fallbackOrder: names,
    list,
    cost(name, input, output, { read, written } = { read: 0, written: 0 }) {
      const price = prices.get(name);
      return price ? costOf(price, { input, output, read, written }) : 0;
    },
    price: (name) => prices.get(name) ?? null,
    contextTokens: (name) => contexts.get(name) ?? null,
  };
}

/** Prices and context lengths of these models: those of the settings first, then those of the price table. */
function figuresOf(
  names: readonly string[],
  { prices, contextTokens = {}, openaiBaseUrl }: LanguageModelsOptions,
): { readonly prices: ReadonlyMap<string, ModelPrice>; readonly contexts: ReadonlyMap<string, number> } {
  const known = { prices: new Map<string, ModelPrice>(), contexts: new Map<string, number>() };
  for (const name of names) {
    const entry = pricedModel(name, openaiBaseUrl);
    if (!entry) continue;
    const { is: _is, begins: _begins, contextTokens: context, ...price } = entry;
    known.prices.set(name, price);
    if (context !== undefined) known.contexts.set(name, context);
  }
  for (const [name, price] of Object.entries(prices)) known.prices.set(name, price);
  for (const [name, context] of Object.entries(contextTokens)) known.contexts.set(name, context);
  return known;
}

function modelOf(
  name: string,
  byProvider: ReturnType<typeof providers>,
  options: LanguageModelsOptions,
): LanguageModel {
  const separator = name.indexOf(':');
  const [providerName, modelId] = [name.slice(0, separator), name.slice(separator + 1)];
  const { openaiBaseUrl: baseUrl = '', openaiApiKey: apiKey, firstTokenTimeoutMs, tokenTimeoutMs } = options;
  const continuation = options.continuations?.[name];
  if (providerName === 'openai-compatible')
    return openAiCompatibleModel(name, modelId, { baseUrl, apiKey, firstTokenTimeoutMs, tokenTimeoutMs, continuation });
  const languageModel = byProvider.get(providerName)?.languageModel;
  if (!languageModel)
    throw new Error(`no provider for the model ${name}: it must begin with ${[...byProvider.keys()].join(', ')}`);
  // Cached: the SDK builds its schemas again for each model object, which takes longer than the rest of a call.
  return aiSdkModel(
    name,
    once(() => languageModel(modelId)),
    { ...options, continues: continuation !== undefined },
  );
}
