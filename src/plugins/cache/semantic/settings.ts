import { z } from 'zod';
import { settings as exact } from '../settings.ts';

/** The cache's own, by the same names, and what is asked of questions that say the same in other words. */
export const settings = {
  ...exact,
  CACHE_SEMANTIC_MODE: z
    .enum(['shadow', 'serve'], 'must be shadow or serve')
    .default('shadow')
    .describe('shadow: what the semantic level would have said is counted, and the model answers; serve: it is said'),
  CACHE_MAX_ERROR: z
    .string()
    .regex(/^0?\.\d+$/, 'must be a number between 0 and 1, such as 0.01')
    .transform(Number)
    .refine((value) => value > 0 && value < 1, 'must be a number between 0 and 1, such as 0.01')
    .default(0.01)
    .describe('Share of the semantic level’s hits that may be wrong'),
  JUDGE_MODEL: z
    .string()
    .regex(/^(openai-compatible|openai|anthropic):\S+$/, 'must be provider:model, e.g. openai-compatible:llama3')
    .optional()
    .describe('Model that judges; absent: the offline judge alone'),
};

export type SemanticSettings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };
