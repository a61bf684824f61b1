import type { IncomingMessage } from 'node:http';
import type { LanguageModel, ModelPart, ModelRequest } from '#core/ports/language-model.ts';
import { concatenated, listed } from '#core/runtime/concatenated.ts';
import type { PolledSource } from '#core/runtime/polled.ts';
import type { FinishReason } from '#core/turn.ts';
import { Answer } from '../answer.ts';
import { modelError, WebPage } from '../failures.ts';
import { finishReasonOf } from '../finish-reason.ts';
import { type ModelTimeouts, Stall } from '../stall.ts';
import { type ChatCompletionMessage, chatMessages, refusesSystem } from './chat-messages.ts';
import { CompletionParts } from './completion-parts.ts';
import { CompletionStream } from './completion-stream.ts';
import { type Post, post } from './post.ts';

export interface OpenAiCompatibleOptions extends ModelTimeouts {
  /** The URL that `/chat/completions` is appended to. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** How the server continues an answer; absent: it cannot. */
  readonly continuation?: Continuation | undefined;
}

/**
 * How a server is told to continue the last message. `assistant`: it does so where that is an assistant's (llama.cpp, Ollama,
 * OpenRouter). `prefix`: the message says so (DeepSeek, Mistral). `vllm`: the request does (vLLM, SGLang).
 */
export type Continuation = 'assistant' | 'prefix' | 'vllm';

/**
 * A model behind OpenAI's chat completions, read by a push parser on node:http: a sixth of the CPU of the AI SDK's streams
 * (docs/decisions/2026-11-28-reading-providers.md).
 */
export function openAiCompatibleModel(name: string, modelId: string, options: OpenAiCompatibleOptions): LanguageModel {
  /** False once the model's template refused a system message. */
  let takesSystem = true;
  const begin = async (request: ModelRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    try {
      return await post(callOf(modelId, chatMessages(request, takesSystem), request.partial, options), signal);
    } catch (error) {
      if (!takesSystem || !refusesSystem(error)) throw error;
      const response = await post(callOf(modelId, chatMessages(request, false), request.partial, options), signal);
      takesSystem = false;
      return response;
    }
  };
  return {
    name,
    continues: options.continuation !== undefined,
    stream: (request, signal) => concatenated(answerOf(name, (stalled) => begin(request, stalled), signal, options)),
  };
}

/** The parts of an answer: what comes, then what its end tells. */
async function* answerOf(
  name: string,
  begin: (signal: AbortSignal) => Promise<IncomingMessage>,
  signal: AbortSignal,
  { firstTokenTimeoutMs, tokenTimeoutMs }: ModelTimeouts,
): AsyncGenerator<PolledSource<ModelPart>, undefined> {
  signal.throwIfAborted();
  const stall = new Stall(signal, firstTokenTimeoutMs);
  const answer = new Answer(name);
  let completion: CompletionStream | undefined;
  try {
    const response = await begin(stall.signal);
    completion = new CompletionStream(response, () => stall.alive());
    const parts = new CompletionParts(completion, answer, stall, tokenTimeoutMs);
    yield parts;
    stall.pause();
    signal.throwIfAborted();
    yield listed(answer.rest());
    if (completion.failure !== undefined) throw completion.failure;
    if (!parts.hasBegun && !completion.done && /^text\/html\b/i.test(response.headers['content-type'] ?? ''))
      throw new WebPage();
    const { usage } = completion;
    if (usage) yield listed(answer.usage(usage.inputTokens, usage.outputTokens, usage.cached));
    yield listed([answer.finish(reasonOf(completion, stall))]);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw modelError(name, stall.signal.aborted ? stall.signal.reason : error, completion !== undefined);
  } finally {
    completion?.close();
    stall.stop();
  }
}

/**
 * Undefined if the answer is incomplete. After its reason or its last event, a provider may hold the connection open
 * or break it off. Without either, it stalled or broke off.
 */
function reasonOf(completion: CompletionStream, { signal }: Stall): FinishReason | undefined {
  if (completion.finishReason !== null) return finishReasonOf(completion.finishReason);
  if (signal.aborted) throw signal.reason;
  return completion.done ? 'OTHER' : undefined;
}

function callOf(
  modelId: string,
  messages: readonly ChatCompletionMessage[],
  partial: string | undefined,
  { baseUrl, apiKey, continuation }: OpenAiCompatibleOptions,
): Post {
  return {
    url: `${baseUrl.replace(/\/$/, '')}/chat/completions`,
    headers: {
      accept: 'text/event-stream',
      'user-agent': 'parley',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model: modelId,
      messages:
        partial === undefined
          ? messages
          : [
              ...messages,
              { role: 'assistant', content: partial, ...(continuation === 'prefix' ? { prefix: true } : {}) },
            ],
      stream: true,
      stream_options: { include_usage: true },
      ...(partial !== undefined && continuation === 'vllm'
        ? { continue_final_message: true, add_generation_prompt: false }
        : {}),
    }),
  };
}
