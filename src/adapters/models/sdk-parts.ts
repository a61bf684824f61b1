import {
  InvalidResponseDataError,
  type LanguageModelV4FinishReason,
  type LanguageModelV4StreamPart,
  TypeValidationError,
} from '@ai-sdk/provider';
import type { ModelPart } from '#core/ports/language-model.ts';
import type { FinishReason } from '#core/turn.ts';
import type { Answer } from './answer.ts';
import { finishReasonOf } from './finish-reason.ts';

/** Converts a part of the SDK to Parley's parts. Throws the provider's failure. */
export function partsOf(part: LanguageModelV4StreamPart, answer: Answer): ModelPart[] {
  if (part.type === 'text-delta') return answer.text(part.delta);
  if (part.type === 'reasoning-delta') return answer.reasoning(part.delta);
  if (part.type === 'finish') {
    const { total, cacheRead: read = 0, cacheWrite: written = 0 } = part.usage.inputTokens;
    return answer.usage(total, part.usage.outputTokens.total, { read, written });
  }
  if (part.type === 'error' && !isNoAnswer(part.error)) throw part.error;
  return [];
}

/**
 * Why the answer ended; undefined where the provider gave neither a reason nor its last event, which `ended` tells. Of OpenAI's
 * responses the SDK tells no raw reason where all went well; of Anthropic's messages it tells 'other' until there is one.
 */
export function reasonOf(finish: LanguageModelV4FinishReason | undefined, ended: boolean): FinishReason | undefined {
  const { unified = 'interrupted', raw } = finish ?? {};
  if (raw !== undefined) return finishReasonOf(raw);
  if (unified === 'stop') return 'STOP';
  return ended && unified !== 'interrupted' ? 'OTHER' : undefined;
}

/** JSON that is neither a piece of an answer nor an error: some gateways send news of their own between the pieces. */
function isNoAnswer(error: unknown): boolean {
  // The stream ended without a reason: its reader decides what that means.
  if (InvalidResponseDataError.isInstance(error)) return true;
  if (!TypeValidationError.isInstance(error)) return false;
  const value = error.value as Record<string, unknown> | null;
  return typeof value === 'object' && value !== null && !('error' in value) && !('choices' in value);
}
