import { z } from 'zod';

const share = (fallback: number) =>
  z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?|\.\d+)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .default(fallback);
const optionalShare = z
  .string()
  .regex(/^(0(\.\d+)?|1(\.0+)?|\.\d+)$/, 'must be a number from 0 to 1')
  .transform(Number)
  .optional();
const dollars = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number of US dollars')
  .transform(Number)
  .optional();

/** Budgets of viewers and tenants. They hold whether routing is on or off. */
export const budgetSettings = {
  BUDGET_USD: dollars.describe('US dollars that a viewer may spend in a period; absent: no bound'),
  BUDGET_SOFT_USD: dollars.describe('US dollars of a viewer after which MODEL_LIGHT answers'),
  BUDGET_PERIOD: z
    .enum(['hour', 'day', 'month'], 'must be hour, day or month')
    .default('month')
    .describe('The period of budgets, in UTC'),
  TENANT_BUDGET_USD: dollars.describe('US dollars that all viewers of a tenant may spend in a period'),
};

export const settings = {
  ROUTING_LIGHT_BELOW: share(0.3).describe('Questions less complex than this go to MODEL_LIGHT'),
  ROUTING_STRONG_ABOVE: share(0.8).describe('Questions more complex than this go to MODEL_STRONG'),
  ROUTING_STRONG_SHARE: optionalShare.describe(
    'Maximum share of questions for MODEL_STRONG; replaces ROUTING_STRONG_ABOVE',
  ),
  ROUTING_STICKY_MINUTES: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number of minutes')
    .transform(Number)
    .default(30)
    .describe('Minutes for which the tier of a conversation only rises; 0 turns that off'),
  ROUTING_SHADOW_LIGHT_BELOW: optionalShare.describe(
    'A threshold to try: it is counted in metrics and decides nothing',
  ),
  ROUTING_SHADOW_STRONG_ABOVE: optionalShare.describe('The same for MODEL_STRONG'),
  ...budgetSettings,
};

export type RoutingSettings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };
export type BudgetSettings = Pick<RoutingSettings, keyof typeof budgetSettings>;
