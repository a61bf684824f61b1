import type { Span } from '#core/turn.ts';
import { overallFeatures } from './dimensions/overall.ts';
import type { Claim } from './grounding/claims.ts';
import { probability } from './logistic.ts';
import { type QualityModels, qualityModels } from './models.ts';

/** Named in every report; runs of other versions are not compared with this one's. Raise it whenever a score may come out otherwise. */
export const OFFLINE_JUDGE = 'offline@1';

/** The input of the offline judge. */
export interface Judged {
  readonly query: string;
  readonly response: string;
  /** Null, or nothing but white space: the answer is not grounded. */
  readonly context: readonly string[] | null;
  /** The earlier conversation in any form. An answer may repeat it without a source. */
  readonly history: string;
}

export interface Judgement {
  readonly overall: number;
  readonly relevance: number;
  readonly groundedness: number | null;
  readonly completeness: number;
  readonly coherence: number;
  readonly safety: number;
  /** Supported claims : all claims; null where nothing is claimed or there is no context. */
  readonly faithfulness: number | null;
  readonly unsupported: readonly (Span & { readonly text: string })[];
  readonly suggestions: readonly string[];
  /** The claims that were checked against the context, in order. */
  readonly claims: readonly Claim[];
  /** Features of groundedness by name, for the overall score. */
  readonly measured: Readonly<Record<string, number>>;
}

/** The overall score of the others. An unsafe answer is no good answer, however well it answers. */
export function overallFrom(
  judgement: Pick<Judgement, 'groundedness' | 'relevance' | 'completeness' | 'coherence' | 'safety' | 'measured'>,
  models: QualityModels = qualityModels(),
): number {
  const features = overallFeatures(judgement, (name) => judgement.measured[name] ?? 0);
  return probability(models.overall, features) * Math.min(1, 2 * judgement.safety);
}
