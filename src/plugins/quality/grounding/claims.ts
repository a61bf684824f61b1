import { sentences } from '#core/text/sentences.ts';
import { isCjk, isFunctionWord } from '#core/text/words.ts';
import type { Span } from '#core/turn.ts';
import { wordsOf } from '../facts/words.ts';
import { type LogisticModel, probability } from '../logistic.ts';
import type { Conflict, Known } from './conflicts.ts';
import type { Context } from './context.ts';
import { DECLINES, type Grounding, ground } from './features.ts';

/** A sentence of an answer that a source can support. */
export interface Claim extends Span {
  readonly text: string;
  /** The probability that the context bears it out, 0..1. */
  readonly support: number;
  readonly conflicts: readonly Conflict[];
  readonly isSupported: boolean;
}

/** Maximum number of sentences of an answer that are checked. */
const MOST_CLAIMS = 200;
/** A claim below is unsupported though no conflict can be named. Low: a paraphrase shares few words with its source. */
const LEAST_SUPPORT = 0.25;
/** A shorter claim that shares no words with the context may be a paraphrase: only a conflict makes it unsupported. */
const TELLING_WORDS = { cjk: 6, other: 4 };
/** Words that tell something, or pairs of Chinese characters, below which a sentence claims nothing. */
const LEAST_WORDS = { cjk: 3, other: 2 };

/** The claims of an answer, in order, each checked against the context. Offsets count in the answer. `whole` is what the answer itself measures. */
export function checkClaims(
  answer: string,
  context: Context,
  known: Known,
  { model, whole }: { readonly model: LogisticModel; readonly whole?: Grounding },
): Claim[] {
  return sentences(answer)
    .map(({ start, end }) => ({ start, end, text: answer.slice(start, end) }))
    .filter(({ text }) => isClaim(text))
    .slice(0, MOST_CLAIMS)
    .map((span) => {
      const { features, conflicts } =
        whole !== undefined && span.text === answer ? whole : ground(span.text, context, known);
      const support = probability(model, features);
      const isBorneOut = support >= LEAST_SUPPORT || tellingWords(span.text) < limitOf(TELLING_WORDS, span.text);
      return { ...span, support, conflicts, isSupported: conflicts.length === 0 && isBorneOut };
    });
}

/** A question, a heading, an introduction of a list, an admission of not knowing and a greeting claim nothing. */
function isClaim(sentence: string): boolean {
  if (/[?？:：]\s*[*_]*$/.test(sentence) || /^\s*#{1,6}\s/.test(sentence) || DECLINES.test(sentence)) return false;
  return tellingWords(sentence) >= limitOf(LEAST_WORDS, sentence);
}

const limitOf = (limits: { readonly cjk: number; readonly other: number }, text: string): number =>
  isCjk(text) ? limits.cjk : limits.other;
const tellingWords = (text: string): number => new Set(wordsOf(text).filter((word) => !isFunctionWord(word))).size;
