import { logit } from '../logistic.ts';

/** The features of the logistic model of the overall score. */
export const OVERALL_FEATURES = [
  'groundedness',
  'not grounded',
  'relevance',
  'completeness',
  'coherence',
  'contradictions',
  'words',
  'context words',
  'sentences',
  'speaker',
  'asks',
  'declines',
  'chinese',
] as const;

export interface Dimensions {
  /** Null where there is no context. */
  readonly groundedness: number | null;
  readonly relevance: number;
  readonly completeness: number;
  readonly coherence: number;
}

/** The other scores, and by their names those features of groundedness that tell what kind of text it is. */
export function overallFeatures(
  { groundedness, relevance, completeness, coherence }: Dimensions,
  measured: (feature: string) => number,
): number[] {
  return [
    groundedness === null ? 0 : logit(groundedness),
    groundedness === null ? 1 : 0,
    logit(relevance),
    logit(completeness),
    logit(coherence),
    measured('contradictions'),
    measured('words'),
    measured('context words'),
    measured('sentences'),
    measured('speaker'),
    measured('asks'),
    measured('declines'),
    measured('chinese'),
  ];
}
