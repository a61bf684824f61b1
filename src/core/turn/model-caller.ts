import { AppError, toAppError } from '../errors.ts';
import type { LanguageModel, LanguageModels, ModelPart, ModelRequest } from '../ports/language-model.ts';
import { Breaker } from '../runtime/breaker.ts';
import type { StageTrace, Usage } from '../turn.ts';

export interface ModelCall {
  /** In the order in which they are tried. */
  readonly models: readonly string[];
  readonly signal: AbortSignal;
  /** The model that answers, told at its first token. */
  onModel(name: string): void;
  /** Once a provider call, however it ended. */
  onUsage(usage: Usage): void;
  trace(stage: StageTrace): void;
}

/** Calls models with fallback until the first token is out, a breaker each. */
export class ModelCaller {
  readonly #models: LanguageModels;
  readonly #breakers = new Map<string, Breaker>();

  constructor(models: LanguageModels) {
    this.#models = models;
  }

  healthy(name: string): boolean {
    return !this.#breaker(name).open;
  }

  /** Throws the last model's AppError when none answered, or the one that broke off after its first token. */
  async *stream(request: ModelRequest, call: ModelCall): AsyncIterable<ModelPart> {
    let failure = new AppError('MODEL_UNAVAILABLE', 'No model is available');
    for (const name of new Set(call.models)) {
      const breaker = this.#breaker(name);
      if (!breaker.tryPass()) {
        trace(call, name, 'SKIPPED', 0, 'circuit open');
        continue;
      }
      const attempt = new Attempt(this.#models, name, request, call);
      try {
        yield* attempt.stream();
        breaker.succeed();
        return;
      } catch (error) {
        if (call.signal.aborted) throw call.signal.reason;
        failure = toAppError(error);
        if (failure.code !== 'BAD_USER_INPUT') breaker.fail((failure.retryAfter ?? 0) * 1000);
        if (attempt.answered) throw failure;
      } finally {
        breaker.release();
        attempt.account();
      }
    }
    throw failure;
  }

  #breaker(name: string): Breaker {
    const breaker = this.#breakers.get(name) ?? new Breaker();
    this.#breakers.set(name, breaker);
    return breaker;
  }
}

/** One call of one provider. */
class Attempt {
  readonly #models: LanguageModels;
  readonly #name: string;
  readonly #request: ModelRequest;
  readonly #call: ModelCall;
  readonly #started = performance.now();
  #model: LanguageModel | undefined;
  #text = '';
  #usage: { inputTokens: number; outputTokens: number } | undefined;
  #ended: 'OK' | 'FAILED' | 'TIMED_OUT' = 'FAILED';
  #detail: string | null = 'broken off';

  constructor(models: LanguageModels, name: string, request: ModelRequest, call: ModelCall) {
    this.#models = models;
    this.#name = name;
    this.#request = request;
    this.#call = call;
  }

  get answered(): boolean {
    return this.#text !== '';
  }

  async *stream(): AsyncIterable<ModelPart> {
    try {
      this.#model = this.#models.get(this.#name);
      for await (const part of this.#model.stream(this.#request, this.#call.signal)) {
        if (part.type === 'usage') this.#usage = part;
        else if (part.text !== '') {
          if (this.#text === '') this.#call.onModel(this.#name);
          this.#text += part.text;
        }
        yield part;
      }
      this.#ended = 'OK';
      this.#detail = null;
    } catch (error) {
      const { code } = toAppError(error);
      this.#ended = code === 'TIMED_OUT' ? 'TIMED_OUT' : 'FAILED';
      this.#detail = code;
      throw error;
    }
  }

  /** A provider that does not tell is charged by estimate, and the trace says so. */
  account(): void {
    const { inputTokens, outputTokens } = this.#usage ?? this.#estimate();
    const estimated = this.#usage === undefined && this.answered ? 'usage estimated' : null;
    if (this.#usage || this.answered)
      this.#call.onUsage({
        inputTokens,
        outputTokens,
        costUsd: this.#models.cost(this.#name, inputTokens, outputTokens),
      });
    trace(
      this.#call,
      this.#name,
      this.#ended,
      performance.now() - this.#started,
      [this.#detail, estimated].filter(Boolean).join('; ') || null,
    );
  }

  #estimate() {
    const { system, messages } = this.#request;
    return {
      inputTokens: messages.reduce((sum, { content }) => sum + estimateTokens(content), estimateTokens(system)),
      outputTokens: estimateTokens(this.#text),
    };
  }
}

const trace = (
  call: ModelCall,
  model: string,
  outcome: StageTrace['outcome'],
  durationMs: number,
  detail: string | null,
) => call.trace({ stage: 'generate', plugin: model, outcome, durationMs, detail });

const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g;
/** Four Latin letters or one CJK character to a token: the rule of thumb of OpenAI's tokenizer page. */
function estimateTokens(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  return Math.ceil(wide + (text.length - wide) / 4);
}
