import type { ChatMessage, FinishReason, Passage } from '../turn.ts';

/** The input of a model. A chat model reads `system` and `messages`; the built-in answerer reads `query` and `passages`. */
export interface ModelRequest {
  /** The system prompt with the passages rendered into it, as data between markers. */
  readonly system: string;
  /** Ends with the user's message. */
  readonly messages: readonly ChatMessage[];
  readonly query: string;
  readonly passages: readonly Passage[];
  /** Titles of documents that are still being read, where nothing was found: the answer may be in them. */
  readonly pending?: readonly string[];
  /** The answer's beginning, where the model shall continue it: it then streams what follows. */
  readonly partial?: string;
}

export type ModelPart =
  | { readonly type: 'text-delta'; readonly text: string }
  /** A reasoning model's thoughts before its answer. They are no part of the answer. */
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** Why the model stopped: once, after the last text. */
  | { readonly type: 'finish'; readonly reason: FinishReason }
  /** Once, at the end; tokens. Null where the provider does not tell the number: core estimates it. */
  | {
      readonly type: 'usage';
      readonly inputTokens: number | null;
      readonly outputTokens: number | null;
      readonly cached?: CachedTokens;
    };

/** The input tokens that the provider read from its cache, and those that it wrote into it. */
export interface CachedTokens {
  readonly read: number;
  readonly written: number;
}

export interface LanguageModel {
  /** `provider:model`, as in the settings. */
  readonly name: string;
  /** True where it can continue an answer (`ModelRequest.partial`). Others are never given one. */
  readonly continues?: boolean;
  /** True where it calls no provider: it uses no tokens. */
  readonly usesNoTokens?: boolean;
  /**
   * One call of the provider. Ends after the last part; throws AppError MODEL_UNAVAILABLE (refused, 4xx, 429, 5xx: `retryAfter`
   * where told), MODEL_FAILED (broke off, malformed), TIMED_OUT (no first token, or none for too long), or what is no fault of
   * the model and therefore not `retryable`: PAYLOAD_TOO_LARGE (longer than the model's context), BAD_USER_INPUT (the
   * provider's content filter). An aborted signal ends the call and frees its socket at once; a reader that returns early does the same.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}

export interface LanguageModels {
  /** BAD_USER_INPUT when there is no such model. */
  get(name: string): LanguageModel;
  /** The model for requests that name none. */
  readonly defaultModel: string;
  /** The default model, then the others to try while no token is out. */
  readonly fallbackOrder: readonly string[];
  /** The models that the settings name, with their tier. */
  readonly list: readonly { readonly name: string; readonly tier: 'LIGHT' | 'BALANCED' | 'STRONG' }[];
  /** US dollars, by `price`; 0 if the price is not known. The cached tokens are part of the input. */
  cost(name: string, inputTokens: number, outputTokens: number, cached?: CachedTokens): number;
  /** US dollars a million tokens; null where it is not known. */
  price(name: string): ModelPrice | null;
  /** Tokens that a request and its answer may have together; null where it is not known. */
  contextTokens(name: string): number | null;
}

export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input tokens that the provider read from its cache; absent: as `input`. */
  readonly cachedInput?: number;
  /** Input tokens that the provider wrote into its cache; absent: as `input`. */
  readonly cacheWrite?: number;
}
