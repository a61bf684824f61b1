import { z } from 'zod';
import { LabelFileError, type LabelledLine } from './labels/labelled-text.ts';
import { readLabels } from './labels/read-labels.ts';

/** The file's examples; the problem names the file, the line and the remedy. */
async function examplesOf(path: string, context: z.RefinementCtx): Promise<readonly LabelledLine[]> {
  try {
    return await readLabels(path);
  } catch (error) {
    if (!(error instanceof LabelFileError)) throw error;
    context.addIssue(`${path}: ${error.message}`);
    return z.NEVER;
  }
}

export const SETTINGS = {
  INTENT_LABELS: z
    .string()
    .transform(examplesOf)
    .optional()
    .describe("A team's own labels: nlu.yml, routes.json, CLINC JSON, JSONL or CSV; absent: the general types"),
  INTENT_MODEL: z
    .string()
    .regex(/^(openai-compatible|openai|anthropic):\S+$/, 'must be provider:model, e.g. openai-compatible:llama3')
    .optional()
    .describe('Model that classifies each message; absent: the built-in classifiers'),
  INTENT_MODEL_TIMEOUT: z
    .string()
    .regex(/^\d+$/, 'must be a whole number from 1 to 1400')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 1_400, 'must be a whole number from 1 to 1400')
    .default(1_000)
    .describe('Time limit of INTENT_MODEL in milliseconds; after it the built-in analysis is used'),
};
