import type { Span } from '#core/turn.ts';
import { coherenceFeatures } from './dimensions/coherence.ts';
import { completenessFeatures } from './dimensions/completeness.ts';
import { overallFeatures } from './dimensions/overall.ts';
import { readQuestion } from './dimensions/question.ts';
import { relevanceFeatures } from './dimensions/relevance.ts';
import { type Claim, checkClaims } from './grounding/claims.ts';
import { knownFrom } from './grounding/conflicts.ts';
import { readContext } from './grounding/context.ts';
import { GROUNDING_FEATURES, ground } from './grounding/features.ts';
import { probability } from './logistic.ts';
import { type QualityModels, qualityModels } from './models.ts';
import { unsafety } from './safety/classifier.ts';
import { suggestionsFor } from './suggestions.ts';

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

/** UTF-16 code units that are read of a response and a question. */
const LONGEST = { response: 32_000, query: 8_000 };

/** Judges an answer without a model, in English and Chinese. Every score is 0..1, higher is better; the same input gives the same report. */
export function judgeOffline(
  { query, response: whole, context: texts, history }: Judged,
  models = qualityModels(),
): Judgement {
  const response = whole.slice(0, LONGEST.response);
  const asked = query.slice(0, LONGEST.query);
  const grounds = texts?.filter((text) => text.trim() !== '') ?? [];
  const context = grounds.length > 0 ? readContext(grounds) : null;
  const known = knownFrom(`${history.slice(-LONGEST.response)}\n${asked}`);
  const question = readQuestion(asked);
  const isEmpty = !/[\p{L}\p{N}]/u.test(response);
  const whether = (score: number) => (isEmpty ? 0 : score);

  const measured = ground(response, context ?? readContext([]), known);
  const groundedness = context ? whether(probability(models.groundedness, measured.features)) : null;
  const relevance = whether(probability(models.relevance, relevanceFeatures(question, response, context)));
  const completeness = whether(
    probability(models.completeness, completenessFeatures(question, { query: asked, response, relevance }, context)),
  );
  const coherence = whether(probability(models.coherence, coherenceFeatures(response)));
  const safety = 1 - unsafety(response);
  const claims = context ? checkClaims(response, context, known, models.groundedness) : [];
  const unsupported = claims.filter(({ isSupported }) => !isSupported);
  const dimensions = { groundedness, relevance, completeness, coherence, safety };
  const kind = Object.fromEntries(GROUNDING_FEATURES.map((name, index) => [name, measured.features[index] ?? 0]));
  return {
    overall: isEmpty ? 0 : overallFrom({ ...dimensions, measured: kind }, models),
    ...dimensions,
    faithfulness: claims.length === 0 ? null : 1 - unsupported.length / claims.length,
    unsupported: unsupported.map(({ start, end, text }) => ({ start, end, text })),
    suggestions: suggestionsFor({ ...dimensions, question, response, unsupported }),
    claims,
    measured: kind,
  };
}

/** The overall score of the others. An unsafe answer is no good answer, however well it answers. */
export function overallFrom(
  judgement: Pick<Judgement, 'groundedness' | 'relevance' | 'completeness' | 'coherence' | 'safety' | 'measured'>,
  models: QualityModels = qualityModels(),
): number {
  const features = overallFeatures(judgement, (name) => judgement.measured[name] ?? 0);
  return probability(models.overall, features) * Math.min(1, 2 * judgement.safety);
}

export type { Claim } from './grounding/claims.ts';
