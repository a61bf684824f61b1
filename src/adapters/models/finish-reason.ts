import type { FinishReason } from '#core/turn.ts';

/** The providers' words: OpenAI's chat completions and responses, Anthropic's messages, and what servers of OpenAI's protocol add. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'STOP',
  end_turn: 'STOP',
  stop_sequence: 'STOP',
  eos: 'STOP',
  completed: 'STOP',
  length: 'LENGTH',
  max_tokens: 'LENGTH',
  max_output_tokens: 'LENGTH',
  model_context_window_exceeded: 'LENGTH',
  content_filter: 'CONTENT_FILTER',
  refusal: 'CONTENT_FILTER',
  safety: 'CONTENT_FILTER',
};

/** Reasons that say that there is no whole answer. */
const FAILURES = new Set(['error', 'network_error', 'server_error']);

/** Why a model stopped, in Parley's words; undefined where the provider's word is that it failed. */
export function finishReasonOf(word: string): FinishReason | undefined {
  const known = word.toLowerCase();
  return FAILURES.has(known) ? undefined : (REASONS[known] ?? 'OTHER');
}
