import { readFileSync } from 'node:fs';
import type { LogisticModel } from './logistic.ts';

/** The content of learned/quality.json, written by `npm run train:quality`. */
export interface QualityModels {
  readonly groundedness: LogisticModel;
  readonly relevance: LogisticModel;
  readonly completeness: LogisticModel;
  readonly coherence: LogisticModel;
  readonly overall: LogisticModel;
}

export const QUALITY_FILE = new URL('learned/quality.json', import.meta.url);

let models: QualityModels | undefined;
/** The trained models, read once. */
export function qualityModels(): QualityModels {
  models ??= JSON.parse(readFileSync(QUALITY_FILE, 'utf8')) as QualityModels;
  return models;
}
