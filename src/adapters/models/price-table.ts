/** What models cost and how long their contexts are, by a dated table in the repository; `npm run make:prices` writes it. */
import { readFileSync } from 'node:fs';
import type { ModelPrice } from '#core/ports/language-model.ts';

export interface PricedModel extends ModelPrice {
  /** Names as a provider has them, and beginnings of names. */
  readonly is: readonly string[];
  readonly begins?: readonly string[];
  readonly contextTokens?: number;
}

export interface PriceTable {
  readonly source: string;
  /** The day on which these prices held: 2026-01-31. */
  readonly date: string;
  readonly providers: readonly {
    readonly id: string;
    /** A regular expression that matches the provider's address. */
    readonly host: string;
    readonly models: readonly PricedModel[];
  }[];
}

const FILE = new URL('./prices.json', import.meta.url);
/** The day at the end of a name, as in `claude-opus-4-20250514` and `gpt-4.1-2025-04-14`. */
const DATED = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;

let table: PriceTable | undefined;
/** Read when it is first needed. */
export function priceTable(): PriceTable {
  table ??= JSON.parse(readFileSync(FILE, 'utf8')) as PriceTable;
  return table;
}

/**
 * The entry of a model such as `anthropic:claude-haiku-4-5`; null if the table has none. The provider of an `openai-compatible`
 * model is found by its address: a server of your own has no price.
 */
export function pricedModel(name: string, openaiBaseUrl: string | undefined, known = priceTable()): PricedModel | null {
  const separator = name.indexOf(':');
  const [maker, model] = [name.slice(0, separator), name.slice(separator + 1)];
  const provider =
    maker === 'openai-compatible'
      ? known.providers.find(({ host }) => openaiBaseUrl !== undefined && new RegExp(`^${host}`).test(openaiBaseUrl))
      : known.providers.find(({ id }) => id === maker);
  if (!provider || model === '') return null;
  const { models } = provider;
  return named(models, model) ?? named(models, model.replace(DATED, '')) ?? begunBy(models, model) ?? null;
}

const named = (models: readonly PricedModel[], model: string) => models.find(({ is }) => is.includes(model));

/** The entry with the longest beginning of the name. */
function begunBy(models: readonly PricedModel[], model: string): PricedModel | undefined {
  let found: PricedModel | undefined;
  let length = 0;
  for (const candidate of models)
    for (const beginning of candidate.begins ?? [])
      if (beginning.length > length && model.startsWith(beginning)) [found, length] = [candidate, beginning.length];
  return found;
}

/** US dollars for the tokens of a call. `read` and `written` are the parts of the input that the provider's cache had and kept. */
export function costOf(
  price: ModelPrice,
  tokens: { readonly input: number; readonly output: number; readonly read: number; readonly written: number },
): number {
  const read = Math.min(tokens.read, tokens.input);
  const written = Math.min(tokens.written, tokens.input - read);
  const input =
    (tokens.input - read - written) * price.input +
    read * (price.cachedInput ?? price.input) +
    written * (price.cacheWrite ?? price.input);
  return (input + tokens.output * price.output) / 1_000_000;
}
