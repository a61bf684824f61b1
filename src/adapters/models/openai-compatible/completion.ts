import type { CachedTokens } from '#core/ports/language-model.ts';
import { ProviderError } from '../failures.ts';

/** One event of a streamed chat completion: https://platform.openai.com/docs/api-reference/chat-streaming */
export interface CompletionChunk {
  readonly text: string;
  /** The model's reasoning. It is no part of the answer. */
  readonly reasoning: string;
  /** The reason for the end of the answer. Null while it continues. */
  readonly finishReason: string | null;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cached: CachedTokens } | null;
}

/** Fields as providers send them: each may be absent, null, or of another type. */
interface RawChunk {
  readonly error?: unknown;
  readonly choices?: readonly (RawChoice | null | undefined)[];
  readonly usage?: RawUsage | null;
}
interface RawUsage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly prompt_tokens_details?: { readonly cached_tokens?: unknown; readonly cache_write_tokens?: unknown } | null;
  /** DeepSeek's name for the same. */
  readonly prompt_cache_hit_tokens?: unknown;
}
interface RawDelta {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
}
interface RawChoice {
  readonly index?: unknown;
  readonly delta?: RawDelta | null;
  /** In place of `delta`, where a server answers whole. */
  readonly message?: RawDelta | null;
  readonly finish_reason?: unknown;
}

/**
 * Throws if the data is no JSON or reports an error. Ignores JSON that is no object, unknown fields, fields of another type, and
 * other choices than the first.
 */
export function parseChunk(data: string): CompletionChunk {
  const parsed: unknown = JSON.parse(data);
  const chunk: RawChunk = typeof parsed === 'object' && parsed !== null ? parsed : {};
  if (chunk.error !== undefined && chunk.error !== null) throw new ProviderError(chunk.error);
  const choices: readonly (RawChoice | null | undefined)[] = Array.isArray(chunk.choices) ? chunk.choices : [];
  const choice = choices.find((one) => one && (one.index ?? 0) === 0);
  const delta = choice?.delta ?? choice?.message;
  const finishReason = choice?.finish_reason;
  return {
    text: delta ? textOf(delta.content) + textOf(delta.refusal) : '',
    reasoning: delta ? reasoningOf(delta) : '',
    finishReason: typeof finishReason === 'string' ? finishReason : null,
    usage: chunk.usage ? usageOf(chunk.usage) : null,
  };
}

const usageOf = (usage: RawUsage): NonNullable<CompletionChunk['usage']> => ({
  inputTokens: count(usage.prompt_tokens),
  outputTokens: count(usage.completion_tokens),
  cached: {
    read: count(usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens),
    written: count(usage.prompt_tokens_details?.cache_write_tokens),
  },
});

interface RawPart {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly thinking?: unknown;
}

/** Some providers send a list of parts, of which those of type `text` are the answer. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: RawPart | null) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

/** Reads reasoning from its own field, or from parts of type `thinking`, which hold parts of type `text`. */
function reasoningOf({ reasoning_content: content, reasoning, content: parts }: RawDelta): string {
  const own = content || reasoning;
  if (typeof own === 'string') return own;
  if (!Array.isArray(parts)) return '';
  return parts.map((part: RawPart | null) => (part?.type === 'thinking' ? textOf(part.thinking) : '')).join('');
}

const count = (value: unknown): number =>
  typeof value === 'number' && value > 0 && value < 1e12 ? Math.floor(value) : 0;
