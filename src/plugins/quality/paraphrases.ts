import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Judgement } from './judgement.ts';
import { isAbout } from './suggestions.ts';

/** The encoder that the threshold was chosen for. */
export const ENCODER = 'built-in:use-multilingual';
/**
 * A claim at least as near to a sentence of the context is a paraphrase of it. Of claims in BEGIN that are not attributable, nine in
 * ten are under 0.48; paraphrases that share no words ("Bikes are allowed on it": "Cyclists may use it") have 0.62 and more.
 */
const PARAPHRASE = 0.55;
/** Sentences that are encoded, a millisecond or so each. */
const MOST_CLAIMS = 20;
const MOST_SOURCES = 100;

/** The judgement without marks on claims that only share no words with their source. Rejects as the encoder does. */
export async function withoutParaphrases(
  judgement: Judgement,
  context: readonly string[] | null,
  encoder: EmbeddingModel,
  signal: AbortSignal,
): Promise<Judgement> {
  const doubtful = judgement.claims
    .filter(({ isSupported, conflicts }) => !isSupported && conflicts.length === 0)
    .slice(0, MOST_CLAIMS);
  if (doubtful.length === 0 || !context) return judgement;
  const sources = context
    .flatMap((text) => sentences(text).map(({ start, end }) => text.slice(start, end)))
    .slice(0, MOST_SOURCES);
  const vectors = await encoder.embed([...doubtful.map(({ text }) => text), ...sources], signal, 'query');
  const there = vectors.slice(doubtful.length);
  const paraphrases = new Set(
    doubtful.filter((_, index) => there.some((vector) => cosine(vectors[index] as Float32Array, vector) >= PARAPHRASE)),
  );
  if (paraphrases.size === 0) return judgement;
  const claims = judgement.claims.map((claim) => (paraphrases.has(claim) ? { ...claim, isSupported: true } : claim));
  const unsupported = claims
    .filter(({ isSupported }) => !isSupported)
    .map(({ start, end, text }) => ({ start, end, text }));
  return {
    ...judgement,
    claims,
    unsupported,
    faithfulness: 1 - unsupported.length / claims.length,
    suggestions: judgement.suggestions.filter(
      (suggestion) => ![...paraphrases].some((claim) => isAbout(suggestion, claim)),
    ),
  };
}

/** The cosine of two unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number);
  return sum;
}
