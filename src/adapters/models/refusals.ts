import { AppError } from '#core/errors.ts';

/** HTTP statuses that refuse the request for what it holds: the next one may be answered. */
const REQUEST_STATUS = new Set([400, 413, 422]);
/** Characters of a refusal that are looked into. */
const LOOKED_INTO = 8_192;

/**
 * Messages of the makers and the common servers: OpenAI and vLLM `context_length_exceeded`, "maximum context length is 8192
 * tokens"; Anthropic "prompt is too long: 210000 tokens > 200000 maximum"; llama.cpp `exceed_context_size_error`; Gemini "input token
 * count exceeds the maximum".
 */
const CONTEXT_LENGTH =
  /context_length_exceeded|exceed_context_size|(maximum|model'?s?) context (length|window|size)|context (length|window|size) (exceeded|of)|exceeds? the (maximum|context|available context)|(prompt|input|request|conversation) is too (long|large)|too many (input )?tokens|string_above_max_length/i;
/** OpenAI `content_policy_violation`, Azure `content_filter` and "content management policy", Bedrock and Gemini "blocked by … safety". */
const CONTENT_FILTER =
  /content_?policy|content_?filter|content management policy|responsible_?ai|moderation|safety (system|settings|policy)|data_inspection_failed/i;

/**
 * The failures that are the request's own: the model is well, the same request fails again, and others must not suffer for it.
 * `text` is what the provider said; nothing of it is shown. Undefined for all other failures.
 */
export function requestRefusal(
  model: string,
  status: number | undefined,
  text: string,
  cause: unknown,
): AppError | undefined {
  if (status !== undefined && !REQUEST_STATUS.has(status)) return undefined;
  const said = text.slice(0, LOOKED_INTO);
  if (CONTENT_FILTER.test(said)) return filtered(model, cause);
  if (CONTEXT_LENGTH.test(said) || status === 413)
    return new AppError(
      'PAYLOAD_TOO_LARGE',
      `The conversation with its passages is longer than ${model} can read; begin a new one, send less, or name another model`,
      { cause },
    );
  if (status === undefined) return undefined;
  return new AppError('MODEL_FAILED', `${model} refused the request: HTTP ${status}`, { cause, retryable: false });
}

export const filtered = (model: string, cause?: unknown): AppError =>
  new AppError('BAD_USER_INPUT', `The content filter of ${model} refused this; put it in other words`, { cause });
