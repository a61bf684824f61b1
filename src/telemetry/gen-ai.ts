/**
 * Names of the GenAI semantic conventions, v0.1.0: https://github.com/open-telemetry/semantic-conventions-genai. Texts are added
 * with OTEL_CAPTURE_CONTENT=true alone.
 */
import type { Attributes } from '@opentelemetry/api';
import type { ModelWork, RetrievalWork } from '#core/runtime/work.ts';

const PROVIDERS: Readonly<Record<string, string>> = {
  'openai-compatible': 'openai',
  openai: 'openai',
  anthropic: 'anthropic',
  'built-in': 'parley',
};

/** What a metric and a span say of a model: `provider:model`. */
export function modelAttributes(name: string): {
  readonly 'gen_ai.operation.name': 'chat';
  readonly 'gen_ai.provider.name': string;
  readonly 'gen_ai.request.model': string;
} {
  const separator = name.indexOf(':');
  const provider = name.slice(0, separator);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': PROVIDERS[provider] ?? provider,
    'gen_ai.request.model': name.slice(separator + 1),
  };
}

export const modelStart = ({ model }: ModelWork, conversationId: string | undefined): Attributes => ({
  ...modelAttributes(model),
  'gen_ai.request.stream': true,
  'gen_ai.output.type': 'text',
  ...(conversationId === undefined ? {} : { 'gen_ai.conversation.id': conversationId }),
});

export function modelEnd(work: ModelWork, captureContent: boolean): Attributes {
  const { usage, firstChunkMs, finishReason, error, outcome, stage } = work;
  return {
    'parley.stage': stage,
    ...(usage
      ? {
          'gen_ai.usage.input_tokens': usage.inputTokens,
          'gen_ai.usage.output_tokens': usage.outputTokens,
          'parley.cost_usd': usage.costUsd,
        }
      : {}),
    ...(firstChunkMs == null ? {} : { 'gen_ai.response.time_to_first_chunk': firstChunkMs / 1000 }),
    ...(finishReason ? { 'gen_ai.response.finish_reasons': [finishReason.toLowerCase()] } : {}),
    ...(outcome === 'OK' ? {} : { 'error.type': error ?? 'cancelled' }),
    ...(captureContent ? modelContent(work) : {}),
  };
}

function modelContent({ request, answer = '', finishReason }: ModelWork): Attributes {
  const parts = (content: string) => [{ type: 'text', content }];
  return {
    'gen_ai.system_instructions': JSON.stringify(parts(request.system)),
    'gen_ai.input.messages': JSON.stringify(
      request.messages.map(({ role, content }) => ({ role: role.toLowerCase(), parts: parts(content) })),
    ),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: parts(answer), finish_reason: finishReason?.toLowerCase() ?? 'error' },
    ]),
  };
}

export const retrievalStart = ({ limit }: RetrievalWork): Attributes => ({
  'gen_ai.operation.name': 'retrieval',
  'gen_ai.provider.name': 'parley',
  'gen_ai.retrieval.top_k': limit,
});
export const retrievalEnd = ({ found, query }: RetrievalWork, captureContent: boolean): Attributes => ({
  ...(found === undefined ? {} : { 'parley.retrieval.found': found }),
  ...(captureContent ? { 'gen_ai.retrieval.query.text': query } : {}),
});

/** Of the metrics in seconds. */
export const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
