import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { InvalidResponseDataError, TypeValidationError } from '@ai-sdk/provider';
import { AppError } from '#core/errors.ts';
import type { ModelPart } from '#core/ports/language-model.ts';
import { wholeCharacters } from '#core/turn/turn-run.ts';
import type { FinishReason } from '#core/turn.ts';
import { finishReasonOf } from './finish-reason.ts';
import { filtered } from './refusals.ts';
import { ThinkTags } from './think-tags.ts';

/** One answer of a model, from the SDK's parts to Parley's. */
export class Answer {
  readonly #model: string;
  readonly #tags = new ThinkTags();
  #half = '';
  #answered = false;
  #finish: LanguageModelV4FinishReason | undefined;

  constructor(model: string) {
    this.#model = model;
  }

  /** Throws what the provider says of a failure. */
  push(part: LanguageModelV4StreamPart): ModelPart[] {
    if (part.type === 'text-delta') return this.#text(part.delta);
    if (part.type === 'reasoning-delta')
      return part.delta === '' ? [] : [{ type: 'reasoning-delta', text: part.delta }];
    if (part.type === 'error' && !isNoAnswer(part.error)) throw part.error;
    if (part.type !== 'finish') return [];
    this.#finish = part.finishReason;
    const { inputTokens, outputTokens } = part.usage;
    const usage = { inputTokens: told(inputTokens.total), outputTokens: told(outputTokens.total) };
    return usage.inputTokens === null && usage.outputTokens === null ? [] : [{ type: 'usage', ...usage }];
  }

  /** The last parts. Throws where the answer is not whole; `ended` says that the provider's last event has come. */
  *end(ended: boolean): Generator<ModelPart> {
    // Half a surrogate pair that nothing completed is no character.
    yield* this.#noted(this.#half === '' ? [] : this.#tags.push('\ufffd'));
    yield* this.#noted(this.#tags.end());
    const reason = this.#reason(ended);
    if (reason === undefined)
      throw new AppError('MODEL_FAILED', `${this.#model} broke off before its answer was whole`);
    if (!this.#answered) throw this.#noAnswer(reason);
    yield { type: 'finish', reason };
  }

  #text(delta: string): ModelPart[] {
    const { whole, half } = wholeCharacters(this.#half + delta);
    this.#half = half;
    return whole === '' ? [] : this.#noted(this.#tags.push(whole));
  }

  #noted(parts: ModelPart[]): ModelPart[] {
    this.#answered ||= parts.some(({ type }) => type === 'text-delta');
    return parts;
  }

  /**
   * The connection's end alone is no end of an answer: the provider must have given a reason, or its last event. Of OpenAI's
   * responses the SDK tells no raw reason where all went well; of Anthropic's messages it tells 'other' until there is one.
   */
  #reason(ended: boolean): FinishReason | undefined {
    const { unified = 'interrupted', raw } = this.#finish ?? {};
    if (raw !== undefined) return finishReasonOf(raw);
    if (unified === 'stop') return 'STOP';
    return ended && unified !== 'interrupted' ? 'OTHER' : undefined;
  }

  #noAnswer(reason: FinishReason): AppError {
    if (reason === 'CONTENT_FILTER') return filtered(this.#model);
    if (reason === 'LENGTH')
      return new AppError('MODEL_FAILED', `${this.#model} reached its limit of tokens before it answered`, {
        retryable: false,
      });
    return new AppError('MODEL_FAILED', `${this.#model} ended without an answer`);
  }
}

/** A provider that tells 0 tokens did not count. */
const told = (total: number | undefined): number | null => total || null;

/** JSON that is neither a piece of an answer nor an error: some gateways send news of their own between the pieces. */
function isNoAnswer(error: unknown): boolean {
  // The stream ended without a reason: `end` decides what that means.
  if (InvalidResponseDataError.isInstance(error)) return true;
  if (!TypeValidationError.isInstance(error)) return false;
  const value = error.value as Record<string, unknown> | null;
  return typeof value === 'object' && value !== null && !('error' in value) && !('choices' in value);
}
