/** What two messages are to each other. Gates come before similarity: with every encoder, near-misses outrank paraphrases. */
import { compareRewordings, type Rewording } from './reworded.ts';
import { sameWords } from './same-words.ts';
import type { Message } from './utterance.ts';

export type Comparison =
  /** Nothing is left over, up to synonyms. */
  | { readonly kind: 'SAME' }
  /** No gate is closed: how likely they say the same is told by figures. */
  | { readonly kind: 'REWORDED'; readonly rewording: Rewording }
  | { readonly kind: 'DIFFERENT'; readonly gate: 'LANGUAGE' | 'WORDS' | NonNullable<Rewording['closed']> };

export function compareMessages(asked: Message, known: Message): Comparison {
  if (asked.language !== known.language) return { kind: 'DIFFERENT', gate: 'LANGUAGE' };
  if (asked.form === known.form) return { kind: 'SAME' };
  if (!asked.utterance || !known.utterance) return { kind: 'DIFFERENT', gate: 'WORDS' };
  const [one, other] = [asked.utterance, known.utterance];
  // Words leave brackets and signs out: a question with a formula or code is answered again where it is written in one way.
  const isFormal = (asked.signs ?? known.signs ?? null) !== null;
  if (isFormal && (asked.signs !== known.signs || isQuestion(asked) || isQuestion(known)))
    return { kind: 'DIFFERENT', gate: 'WORDS' };
  if (!isFormal && sameWords(one.tokens, other.tokens)) return { kind: 'SAME' };
  const content = Math.min(contentOf(asked), contentOf(known));
  if (content < SHORT) return { kind: 'DIFFERENT', gate: 'WORDS' };
  const rewording = compareRewordings(one, other);
  const least = isQuestion(asked) || isQuestion(known) ? LONG_QUESTION : hasRareName(asked) ? LONG_NAMED : LONG;
  if (content < least && !(rewording.figures.oneSided === 0 && !isQuestion(asked) && !isQuestion(known)))
    return { kind: 'DIFFERENT', gate: 'WORDS' };
  return rewording.closed ? { kind: 'DIFFERENT', gate: rewording.closed } : { kind: 'REWORDED', rewording };
}

/** Content words of the shorter message from which on a rewording is looked for. In what asks for something every word counts for longer. */
const LONG = 5;
/** The same, where every word that bears what the statements say has its counterpart. */
const SHORT = 3;
const LONG_QUESTION = 14;
/** Of one with a name that is no plain word, such as `load_dataset`: the other must have it as well. */
const LONG_NAMED = 4;
const hasRareName = ({ utterance }: Message): boolean =>
  (utterance?.code.length ?? 0) > 0 ||
  (utterance?.tokens.some(({ kind, text }) => kind === 'NAME' && /[_.\d]/.test(text)) ?? false);

/** A question, a request, or what tells of the asker's own case. */
const isQuestion = ({ text }: Message): boolean => text.includes('?') || ASKS.test(text) || OWN.test(text);
const OWN = /\b(?:i(?![/.])|me|my|mine|we|our)\b/i;
const ASKS =
  /^\W*(?:please|hi|hey|hello|what|who|whom|whose|which|why|how|(?:when|where) (?:is|are|was|were|do|does|did|can|could|will|would|should|must|may)|is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had|tell|show|give|find|list|explain|write|let|help|any)\b/i;

const contentOf = ({ utterance }: Message): number =>
  utterance?.tokens.filter(({ kind }) => kind !== 'MARKER').length ?? 0;
