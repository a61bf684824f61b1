import { z } from 'zod';

const wholeNumber = (fallback: number, least = 0) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least}`)
    .transform(Number)
    .refine((value) => value >= least, `must be a whole number from ${least}`)
    .default(fallback);

const decimal = (fallback: number, most: number) =>
  z
    .string()
    .regex(/^\d*\.?\d+$/, `must be a number from 0 to ${most}`)
    .transform(Number)
    .refine((value) => value <= most, `must be a number from 0 to ${most}`)
    .default(fallback);

/** Without a setting, an answer's price alone never admits it. */
const NO_PRICE = Number.POSITIVE_INFINITY;

export const settings = {
  CACHE_TTL: wholeNumber(3_600, 1).describe('Seconds that an answer is kept'),
  CACHE_SCOPE: z
    .enum(['viewer', 'tenant'], 'must be viewer or tenant')
    .default('viewer')
    .describe('tenant: answers grounded in shared documents only are kept for the whole tenant'),
  CACHE_ADMIT_ASKS: wholeNumber(1, 1).describe('Times that a question is asked before its answer is kept'),
  CACHE_ADMIT_CHARACTERS: wholeNumber(10_000).describe(
    'An answer of at least this many characters is kept at the first ask',
  ),
  CACHE_ADMIT_USD: decimal(NO_PRICE, 1_000_000).describe(
    'An answer of at least this cost in US dollars is kept at the first ask',
  ),
  QUALITY_MINIMUM: decimal(0.6, 1).describe('Minimum score: an answer below it is not cached, and may be revised'),
};

export type CacheSettings = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]> };
