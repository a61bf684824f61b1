import { coherenceFeatures } from './dimensions/coherence.ts';
import { completenessFeatures } from './dimensions/completeness.ts';
import { readQuestion } from './dimensions/question.ts';
import { relevanceFeatures } from './dimensions/relevance.ts';
import { checkClaims } from './grounding/claims.ts';
import { knownFrom } from './grounding/conflicts.ts';
import { readContext } from './grounding/context.ts';
import { GROUNDING_FEATURES, ground } from './grounding/features.ts';
import { type Judged, type Judgement, overallFrom } from './judgement.ts';
import { probability } from './logistic.ts';
import { qualityModels } from './models.ts';
import { unsafety } from './safety/classifier.ts';
import { suggestionsFor } from './suggestions.ts';

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
  const claims = context ? checkClaims(response, context, known, { model: models.groundedness, whole: measured }) : [];
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
