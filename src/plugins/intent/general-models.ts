import { readFileSync } from 'node:fs';
import type { LinearModel } from './classifier/linear-model.ts';
import { decodeModels } from './classifier/model-file.ts';

/** The classifiers that the plugin ships; general.model.md is their card. */
export interface GeneralModels {
  /** Predicts the type of a message. */
  readonly types: LinearModel;
  /** Predicts whether a message opens a new topic. */
  readonly shift: LinearModel;
  /** Predicts whether a message depends on earlier ones. */
  readonly context: LinearModel;
  /** The acts of a Chinese turn in a service conversation. */
  readonly acts: LinearModel;
}

/** Reads general.model, 1 MB; takes about 60 ms. */
export function readGeneralModels(): GeneralModels {
  const { types, shift, context, acts } = decodeModels(readFileSync(new URL('general.model', import.meta.url))).models;
  if (!types || !shift || !context || !acts)
    throw new Error('general.model lacks a classifier; run npm run train:intent');
  return { types, shift, context, acts };
}
