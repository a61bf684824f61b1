import { comparableWords, isFunctionWord } from '#core/text/words.ts';
import type { Score } from '#core/turn.ts';
import { checkClaims } from './grounding/claims.ts';
import { knownFrom } from './grounding/conflicts.ts';
import { readContext } from './grounding/context.ts';
import { OFFLINE_JUDGE } from './judgement.ts';
import { qualityModels } from './models.ts';

/** A context text is useful if it contains this share of the reference answer's words. */
const OF_USE = 0.3;

/**
 * Scores the context against a reference answer, as Ragas defines them: `context_recall`, the share of the reference's
 * claims that the context supports; `context_precision`, the mean of precision@k over the useful texts.
 */
export function referenceScores(expected: string, context: readonly string[]): Score[] {
  const score = (name: string, value: number, explanation: string): Score => ({
    name,
    value,
    label: null,
    explanation,
    source: 'RULE',
    judge: OFFLINE_JUDGE,
  });
  const claims = checkClaims(expected, readContext(context), knownFrom(''), { model: qualityModels().groundedness });
  const supported = claims.filter(({ isSupported }) => isSupported).length;
  const words = [...new Set(comparableWords(expected))].filter((word) => !isFunctionWord(word));
  const useful = context.map((text) => {
    const there = new Set(comparableWords(text));
    return words.length > 0 && words.filter((word) => there.has(word)).length >= OF_USE * words.length;
  });
  let found = 0;
  let sum = 0;
  for (const [index, isUseful] of useful.entries())
    if (isUseful) {
      found += 1;
      sum += found / (index + 1);
    }
  return [
    ...(claims.length > 0
      ? [score('context_recall', supported / claims.length, `${supported} of ${claims.length} claims`)]
      : []),
    score('context_precision', found === 0 ? 0 : sum / found, `${found} of ${context.length} texts are of use`),
  ];
}
