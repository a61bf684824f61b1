import type { Usage as UsageRecord } from '#core/turn.ts';
import { builder } from './builder.ts';

export const Usage = builder.objectRef<UsageRecord & { readonly turns: number }>('Usage').implement({
  description: 'What models were given and gave, in tokens and US dollars, and over how many turns.',
  fields: (t) => ({
    inputTokens: t.exposeInt('inputTokens'),
    outputTokens: t.exposeInt('outputTokens'),
    costUsd: t.exposeFloat('costUsd'),
    turns: t.exposeInt('turns'),
  }),
});
