import { z } from 'zod';

/** A number from 0 to 1, written as 0.25. An empty text is none. */
export const share01 = (fallback: number) =>
  z
    .string()
    .regex(/^(?:0|1|0?\.\d+|0\.\d+|1\.0+)$/, 'must be a number from 0 to 1, e.g. 0.25')
    .transform(Number)
    .default(fallback);
