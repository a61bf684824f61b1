import { AppError } from '#core/errors.ts';
import type { CachedTokens, ModelPart } from '#core/ports/language-model.ts';
import { wholeCharacters } from '#core/text/characters.ts';
import type { FinishReason } from '#core/turn.ts';
import { filtered } from './refusals.ts';
import { ThinkTags } from './think-tags.ts';

/** Converts one answer from a provider's pieces to Parley's parts. */
export class Answer {
  readonly #model: string;
  readonly #tags = new ThinkTags();
  #half = '';
  #answered = false;

  constructor(model: string) {
    this.#model = model;
  }

  text(delta: string): ModelPart[] {
    const { whole, half } = wholeCharacters(this.#half + delta);
    this.#half = half;
    return whole === '' ? [] : this.#noted(this.#tags.push(whole));
  }

  reasoning(delta: string): ModelPart[] {
    return delta === '' ? [] : [{ type: 'reasoning-delta', text: delta }];
  }

  usage(inputTokens: number | undefined, outputTokens: number | undefined, cached?: CachedTokens): ModelPart[] {
    const usage = { inputTokens: told(inputTokens), outputTokens: told(outputTokens) };
    if (usage.inputTokens === null && usage.outputTokens === null) return [];
    const isCached = cached !== undefined && cached.read + cached.written > 0;
    return [{ type: 'usage', ...usage, ...(isCached ? { cached } : {}) }];
  }

  /** Returns the text that was held back, at the end of the stream. */
  rest(): ModelPart[] {
    // Half a surrogate pair that nothing completed is no character.
    const parts = [...(this.#half === '' ? [] : this.#tags.push('\ufffd')), ...this.#tags.end()];
    this.#half = '';
    return this.#noted(parts);
  }

  /**
   * The last part. `reason` is undefined if the provider sent neither a reason nor its last event: a closed connection
   * alone does not end an answer. Throws if the answer is incomplete or empty.
   */
  finish(reason: FinishReason | undefined): ModelPart {
    if (reason === undefined)
      throw new AppError('MODEL_FAILED', `${this.#model} broke off before its answer was whole`);
    if (!this.#answered) throw this.#noAnswer(reason);
    return { type: 'finish', reason };
  }

  #noted(parts: ModelPart[]): ModelPart[] {
    this.#answered ||= parts.some(({ type }) => type === 'text-delta');
    return parts;
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
