import type {
  LanguageModelV4,
  LanguageModelV4FinishReason,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { AppError } from '#core/errors.ts';
import type { LanguageModel, ModelPart, ModelRequest } from '#core/ports/language-model.ts';
import { wholeCharacters } from '#core/turn/turn-run.ts';
import { modelError } from './failures.ts';
import { Stall } from './stall.ts';

export interface ModelTimeouts {
  /** Milliseconds to the first token. */
  readonly firstTokenTimeoutMs: number;
  /** Milliseconds between two tokens. */
  readonly tokenTimeoutMs: number;
}

/** OpenAI keeps responses for 30 days unless it is told not to; the others pass this over. */
const PRIVATE = { openai: { store: false } };

/**
 * A language model over one of the AI SDK's providers, by their own interface: `streamText` would retry, buffer and report
 * errors beside the stream, and here a failure must end the stream as one AppError.
 */
export function aiSdkModel(
  name: string,
  load: () => Promise<LanguageModelV4>,
  { firstTokenTimeoutMs, tokenTimeoutMs }: ModelTimeouts,
): LanguageModel {
  return {
    name,
    async *stream(request, signal) {
      const stall = new Stall(signal, firstTokenTimeoutMs);
      let responded = false;
      let answered = false;
      let half = '';
      let finish: LanguageModelV4FinishReason | undefined;
      let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined;
      try {
        const model = await load();
        const { stream } = await model.doStream({
          prompt: toPrompt(request),
          abortSignal: stall.signal,
          providerOptions: PRIVATE,
        });
        responded = true;
        reader = stream.getReader();
        for (;;) {
          const { done, value: part } = await reader.read();
          if (done) break;
          if (part.type === 'error') throw part.error;
          if (part.type === 'text-delta' && part.delta !== '') {
            const text = wholeCharacters(half + part.delta);
            half = text.half;
            answered = true;
            stall.pause();
            if (text.whole !== '') yield { type: 'text-delta', text: text.whole };
            stall.expect(tokenTimeoutMs);
          } else if (part.type === 'reasoning-delta') stall.expect(tokenTimeoutMs);
          else if (part.type === 'finish') {
            finish = part.finishReason;
            stall.pause();
            if (half !== '') yield { type: 'text-delta', text: '\ufffd' };
            yield* usageOf(part);
            stall.expect(tokenTimeoutMs);
          }
        }
        signal.throwIfAborted();
        checkFinish(name, finish, answered);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const cause = stall.signal.aborted ? stall.signal.reason : error;
        stall.abort(); // the SDK may have thrown with the response still open
        throw modelError(name, cause, responded);
      } finally {
        stall.pause();
        // nothing is left to cancel of a stream that has ended, and its connection can be used again
        void reader?.cancel().catch(() => undefined);
      }
    },
  };
}

function* usageOf({ usage }: Extract<LanguageModelV4StreamPart, { type: 'finish' }>): Generator<ModelPart> {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens.total === undefined && outputTokens.total === undefined) return;
  yield { type: 'usage', inputTokens: inputTokens.total ?? 0, outputTokens: outputTokens.total ?? 0 };
}

/**
 * The connection's end alone is no end of an answer: the provider must have said that it is finished. Of OpenAI's responses
 * the SDK tells no raw reason where all went well; of Anthropic's messages it tells 'other' until there is one.
 */
function checkFinish(name: string, finish: LanguageModelV4FinishReason | undefined, answered: boolean): void {
  const { unified = 'interrupted', raw } = finish ?? {};
  const broken =
    unified === 'interrupted' || unified === 'error' || raw === 'error' || (unified === 'other' && raw === undefined);
  if (broken) throw new AppError('MODEL_FAILED', `${name} broke off before its answer was whole`);
  if (!answered) throw new AppError('MODEL_FAILED', `${name} ended without an answer`);
}

function toPrompt({ system, messages }: ModelRequest): LanguageModelV4Prompt {
  return [
    { role: 'system', content: system },
    ...messages.map(({ role, content }): LanguageModelV4Prompt[number] => {
      if (role === 'SYSTEM') return { role: 'system', content };
      return { role: role === 'USER' ? 'user' : 'assistant', content: [{ type: 'text', text: content }] };
    }),
  ];
}
