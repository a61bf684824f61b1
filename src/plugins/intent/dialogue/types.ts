/** Features that tell what a message does in its conversation. */
import { FeatureBuilder, type Features } from '../classifier/features.ts';
import { isCjkToken, tokensOf } from '../classifier/tokens.ts';
import { CUE_NAMES, cuesOfMessage } from './cues.ts';
import type { PastMessage } from './past.ts';

export const TYPES = [
  'task_continuation',
  'new_task',
  'topic_switch',
  'clarification',
  'correction',
  'feedback',
  'question',
  'command',
  'small_talk',
  'farewell',
] as const;
export type IntentType = (typeof TYPES)[number];

/** N-grams of the message, its cues, and whether a conversation stands before it. */
export function typeFeatures(message: string, past: readonly PastMessage[]): Features {
  const builder = new FeatureBuilder().ngrams(message);
  const cues = cuesOfMessage(message);
  for (const cue of CUE_NAMES) builder.figure(`cue ${cue}`, cues.includes(cue) ? 1 : 0);
  if (cues.length === 0) builder.figure('no cue', 1);
  const tokens = tokensOf(message);
  const words = tokens.some(isCjkToken) ? tokens.length / 2 : tokens.length;
  const before = past.length > 0 ? 'after messages' : 'first';
  builder
    .figure(before, 1)
    .figure(`${before} ${words <= 2 ? 'few' : words <= 6 ? 'some' : words <= 25 ? 'many' : 'long'}`, 1);
  const answered = past.at(-1);
  if (answered?.role === 'ASSISTANT') builder.figure(`answers a question ${/[?？]\s*$/.test(answered.content)}`, 1);
  return builder.build();
}
