/**
 * `npm run make:prices` (development): writes src/adapters/models/prices.json from the table of @pydantic/genai-prices (MIT): what
 * tokens cost, and how long contexts are, on the day that it runs. Update that package first: npm install --save-dev --save-exact.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices';
import type { PricedModel, PriceTable } from '../src/adapters/models/price-table.ts';

/** As genai-prices calls them: makers, and hosts with OpenAI's protocol. */
const PROVIDERS = [
  'openai',
  'anthropic',
  'azure',
  'deepseek',
  'google',
  'groq',
  'mistral',
  'moonshotai',
  'openrouter',
  'x-ai',
];

const today = new Date().toISOString().slice(0, 10);

/** Of a price in steps, the first. */
const first = (price: unknown): number | undefined => {
  if (typeof price === 'number') return price;
  const { base } = (price ?? {}) as { readonly base?: unknown };
  return typeof base === 'number' ? base : undefined;
};

/** The prices of today. A price of certain hours counts where there is no other. */
function pricesOf({ prices }: ModelInfo): Record<string, unknown> {
  if (!Array.isArray(prices)) return prices;
  const begun = prices.filter(
    ({ constraint }) =>
      constraint === undefined || (constraint.type === 'start_date' && constraint.start_date <= today),
  );
  return (begun.at(-1) ?? prices[0])?.prices ?? {};
}

/** Names as they are, and how names may begin; other kinds of matching are left out. */
function namesOf(match: MatchLogic): { readonly is: string[]; readonly begins: string[] } {
  if ('or' in match) {
    const parts = match.or.map(namesOf);
    return { is: parts.flatMap(({ is }) => is), begins: parts.flatMap(({ begins }) => begins) };
  }
  if ('equals' in match) return { is: [match.equals], begins: [] };
  return { is: [], begins: 'starts_with' in match ? [match.starts_with] : [] };
}

function pricedModel(model: ModelInfo): PricedModel[] {
  const { input_mtok, output_mtok, cache_read_mtok, cache_write_mtok } = pricesOf(model);
  const [input, output] = [first(input_mtok), first(output_mtok)];
  const { is, begins } = namesOf(model.match);
  if (model.deprecated || input === undefined || output === undefined || is.length + begins.length === 0) return [];
  const [cachedInput, cacheWrite] = [first(cache_read_mtok), first(cache_write_mtok)];
  return [
    {
      is,
      ...(begins.length > 0 ? { begins } : {}),
      ...{ input, output },
      ...(cachedInput === undefined ? {} : { cachedInput }),
      ...(cacheWrite === undefined ? {} : { cacheWrite }),
      ...(model.context_window === undefined ? {} : { contextTokens: model.context_window }),
    },
  ];
}

const { version } = JSON.parse(
  readFileSync(new URL('../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8'),
);
const table: PriceTable = {
  source: `@pydantic/genai-prices ${version}`,
  date: today,
  providers: PROVIDERS.flatMap((id) => {
    const provider = findProvider({ providerId: id });
    return provider ? [{ id, host: provider.api_pattern, models: provider.models.flatMap(pricedModel) }] : [];
  }),
};
// A line a model, so that a change of a price is a change of a line.
const lines = table.providers.map(
  ({ id, host, models }) =>
    `{"id":${JSON.stringify(id)},"host":${JSON.stringify(host)},"models":[\n${models.map((model) => JSON.stringify(model)).join(',\n')}\n]}`,
);
writeFileSync(
  new URL('../src/adapters/models/prices.json', import.meta.url),
  `{"source":${JSON.stringify(table.source)},"date":${JSON.stringify(table.date)},"providers":[\n${lines.join(',\n')}\n]}\n`,
);
console.log(
  `${table.providers.reduce((sum, { models }) => sum + models.length, 0)} models of ${table.providers.length} providers`,
);
