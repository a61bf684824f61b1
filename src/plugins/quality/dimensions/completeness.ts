import { sentences } from '#core/text/sentences.ts';
import { isCjk } from '#core/text/words.ts';
import { plainText } from '../facts/plain-text.ts';
import { wordsOf } from '../facts/words.ts';
import { align, type Context } from '../grounding/context.ts';
import { DECLINES } from '../grounding/features.ts';
import { logit } from '../logistic.ts';
import { isCutOff } from './coherence.ts';
import { coverage, type Question } from './question.ts';

/** The features of the logistic model of completeness. */
export const COMPLETENESS_FEATURES = [
  'covered',
  'sources recalled',
  'declines',
  'cut off',
  'length',
  'very short',
  'parts',
  'no sources',
  'relevance',
] as const;

/** An answer with this many words (two Chinese characters count as one) is long enough. */
const LONG_ENOUGH = 60;
const SHORT = 4;
/** Number of context sentences that are most relevant to the question. */
const TELLING = 3;

/** Measures how much of what a question asks for a response gives. */
export function completenessFeatures(
  question: Question,
  {
    query,
    response: raw,
    relevance,
  }: { readonly query: string; readonly response: string; readonly relevance: number },
  context: Context | null,
): number[] {
  const text = plainText(raw);
  const inOrder = wordsOf(text);
  const words = new Set(inOrder);
  const parts = Math.max(1, query.match(/[?？]|\b(?:and|as well as)\b|以及|并且|分别/giu)?.length ?? 1);
  const saying = sentences(text).length;
  return [
    coverage(question.words, words),
    context ? recalled(question, words, context) : 0,
    DECLINES.test(text) ? 1 : 0,
    isCutOff(text) ? 1 : 0,
    Math.min(1, inOrder.length / LONG_ENOUGH),
    inOrder.length < (isCjk(text) ? 2 : 1) * SHORT ? 1 : 0,
    Math.min(0, saying - parts),
    context ? 0 : 1,
    logit(relevance),
  ];
}

/** The share of the words of the sentences that bear most on the question which the response has. */
function recalled(question: Question, words: ReadonlySet<string>, context: Context): number {
  if (question.words.size === 0) return 0;
  const { shares } = align(question.words, context);
  const telling = [...shares.keys()]
    .sort((a, b) => (shares[b] as number) - (shares[a] as number))
    .slice(0, TELLING)
    .filter((place) => (shares[place] as number) > 0)
    .map((place) => coverage(context.sources[place]?.words ?? new Set(), words));
  return telling.length === 0 ? 0 : Math.max(...telling);
}
