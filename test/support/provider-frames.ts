/** The fake provider's messages, in the form of each protocol that it speaks. */
import type { Behaviour, Call } from './fake-provider.ts';

/** A server-sent event. */
export interface Frame {
  readonly event?: string;
  readonly data: string;
  /** Carries a piece of the answer. */
  readonly token?: boolean;
}

export interface Dialect {
  frames(call: Call, behaviour: Behaviour): Iterable<Frame>;
  /** The answer where no stream was asked for. */
  whole(call: Call, behaviour: Behaviour): unknown;
  readonly error: Frame;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  '/chat/completions': {
    frames: completionFrames,
    whole: ({ body }, behaviour) => ({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content: textOf(behaviour) }, finish_reason: 'stop' }],
      usage: { prompt_tokens: usageOf(behaviour).inputTokens, completion_tokens: usageOf(behaviour).outputTokens },
    }),
    error: { data: '{"error":{"message":"as prepared","type":"server_error"}}' },
  },
  '/messages': {
    frames: messageFrames,
    whole: ({ body }, behaviour) => ({
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [{ type: 'text', text: textOf(behaviour) }],
      stop_reason: 'end_turn',
      usage: { input_tokens: usageOf(behaviour).inputTokens, output_tokens: usageOf(behaviour).outputTokens },
    }),
    error: named('error', { error: { type: 'overloaded_error', message: 'as prepared' } }),
  },
  '/responses': {
    frames: responseFrames,
    whole: ({ body }, behaviour) => ({
      id: 'r',
      object: 'response',
      created_at: 1,
      model: body.model,
      output: [
        { type: 'message', id: 'i', role: 'assistant', content: [{ type: 'output_text', text: textOf(behaviour) }] },
      ],
      usage: { input_tokens: usageOf(behaviour).inputTokens, output_tokens: usageOf(behaviour).outputTokens },
    }),
    error: named('error', {
      sequence_number: 9,
      error: { type: 'server_error', code: 'server_error', message: 'as prepared', param: null },
    }),
  },
};

export function dialectOf(path: string): Dialect {
  const dialect = Object.entries(DIALECTS).find(([end]) => path.endsWith(end))?.[1];
  if (!dialect) throw new Error(`the fake provider does not speak ${path}`);
  return dialect;
}

const textOf = ({ text = 'Hello from the fake provider.' }: Behaviour) => text;
const usageOf = ({ usage }: Behaviour) => ({ cached: 0, ...(usage ?? { inputTokens: 10, outputTokens: 5 }) });

function tokensOf(behaviour: Behaviour): string[] {
  const { chunkSize = 4, splitSurrogates } = behaviour;
  const characters = [...textOf(behaviour)];
  const tokens: string[] = [];
  for (let start = 0; start < characters.length; start += chunkSize)
    tokens.push(characters.slice(start, start + chunkSize).join(''));
  return splitSurrogates ? tokens.flatMap((token) => token.split(/(?<=[\ud800-\udbff])/)) : tokens;
}

function named(event: string, value: object, token = false): Frame {
  return { event, data: JSON.stringify({ type: event, ...value }), token };
}

function* completionFrames({ body }: Call, behaviour: Behaviour): Iterable<Frame> {
  const { usage, noDone, noFinish, reasoning, finish = 'stop' } = behaviour;
  const { inputTokens, outputTokens, cached } = usageOf(behaviour);
  const chunk = (choices: readonly object[], more: object = {}) =>
    JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: body.model, choices, ...more });
  const delta = (content: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: content, finish_reason: finish }]);
  yield { data: delta({ role: 'assistant', content: '' }) };
  if (reasoning) yield { data: delta({ reasoning_content: reasoning }) };
  for (const content of tokensOf(behaviour)) yield { data: delta({ content }), token: true };
  if (!noFinish) yield { data: delta({}, finish) };
  if (usage !== null)
    yield {
      data: chunk([], {
        usage: {
          prompt_tokens: inputTokens,
          completion_tokens: outputTokens,
          total_tokens: inputTokens + outputTokens,
          ...(cached > 0 ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
        },
      }),
    };
  if (!noDone) yield { data: '[DONE]' };
}

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', content_filter: 'refusal' } as const;

function* messageFrames({ body }: Call, behaviour: Behaviour): Iterable<Frame> {
  const { noDone, noFinish, reasoning, finish = 'stop' } = behaviour;
  const { inputTokens, outputTokens, cached } = usageOf(behaviour);
  // Anthropic counts what it read from its cache apart.
  const input = { input_tokens: inputTokens - cached, ...(cached > 0 ? { cache_read_input_tokens: cached } : {}) };
  yield named('message_start', {
    message: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [],
      stop_reason: null,
      usage: { ...input, output_tokens: 0 },
    },
  });
  if (reasoning) {
    yield named('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } });
    yield named('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: reasoning } });
    yield named('content_block_stop', { index: 0 });
  }
  const index = reasoning ? 1 : 0;
  yield named('content_block_start', { index, content_block: { type: 'text', text: '' } });
  for (const text of tokensOf(behaviour))
    yield named('content_block_delta', { index, delta: { type: 'text_delta', text } }, true);
  yield named('content_block_stop', { index });
  if (!noFinish)
    yield named('message_delta', {
      delta: { stop_reason: STOP_REASONS[finish], stop_sequence: null },
      usage: { output_tokens: outputTokens },
    });
  if (!noDone) yield named('message_stop', {});
}

function* responseFrames({ body }: Call, behaviour: Behaviour): Iterable<Frame> {
  const { noDone, noFinish, reasoning, finish = 'stop' } = behaviour;
  const { inputTokens, outputTokens, cached } = usageOf(behaviour);
  yield named('response.created', { response: { id: 'r', created_at: 1, model: body.model } });
  if (reasoning) {
    yield named('response.output_item.added', { output_index: 0, item: { type: 'reasoning', id: 'h' } });
    yield named('response.reasoning_summary_text.delta', { item_id: 'h', summary_index: 0, delta: reasoning });
    yield named('response.output_item.done', { output_index: 0, item: { type: 'reasoning', id: 'h' } });
  }
  yield named('response.output_item.added', { output_index: 1, item: { type: 'message', id: 'i' } });
  for (const delta of tokensOf(behaviour)) yield named('response.output_text.delta', { item_id: 'i', delta }, true);
  yield named('response.output_item.done', { output_index: 1, item: { type: 'message', id: 'i' } });
  const usage = {
    ...{ input_tokens: inputTokens, output_tokens: outputTokens },
    ...(cached > 0 ? { input_tokens_details: { cached_tokens: cached } } : {}),
  };
  if (noDone || noFinish) return;
  if (finish === 'stop') yield named('response.completed', { response: { usage } });
  else {
    const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
    yield named('response.incomplete', { response: { incomplete_details: { reason }, usage } });
  }
}
