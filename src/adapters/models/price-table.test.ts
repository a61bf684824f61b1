import { expect, test } from 'vitest';
import { type PriceTable, pricedModel, priceTable } from './price-table.ts';

const price = { input: 1, output: 2 };
const TABLE: PriceTable = {
  source: 'test',
  date: '2026-01-01',
  providers: [
    {
      id: 'openai',
      host: 'https://api\\.openai\\.com',
      models: [
        { is: ['gpt-x'], ...price },
        { is: [], begins: ['gpt-'], input: 3, output: 3 },
        { is: [], begins: ['gpt-y-mini'], input: 4, output: 4 },
      ],
    },
  ],
};
const inputOf = (name: string) => pricedModel(name, undefined, TABLE)?.input;

test('a model is found by its name, by its name without a date, then by the longest beginning', () => {
  expect(inputOf('openai:gpt-x')).toBe(1);
  expect(inputOf('openai:gpt-x-2026-01-31')).toBe(1);
  expect(inputOf('openai:gpt-y-mini-2')).toBe(4);
  expect(inputOf('openai:gpt-y')).toBe(3);
  for (const name of ['openai:', 'openai:other', 'nobody:gpt-x', 'gpt-x', '', ':', 'openai-compatible:gpt-x'])
    expect(inputOf(name)).toBeUndefined();
});

test('every entry of the table in the repository is a price that can be', () => {
  const { date, source, providers } = priceTable();
  expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(source).toMatch(/^@pydantic\/genai-prices \d/);
  expect(providers.map(({ id }) => id)).toEqual(expect.arrayContaining(['openai', 'anthropic']));
  for (const { host, models } of providers) {
    expect(() => new RegExp(`^${host}`)).not.toThrow();
    for (const { input, output, cachedInput = 0, contextTokens = 1 } of models) {
      for (const dollars of [input, output, cachedInput]) expect(dollars >= 0 && dollars < 1_000).toBe(true);
      expect(Number.isSafeInteger(contextTokens) && contextTokens > 0).toBe(true);
    }
  }
});
