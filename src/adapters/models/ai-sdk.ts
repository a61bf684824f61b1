import type {
  LanguageModelV4,
  LanguageModelV4FinishReason,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import type { LanguageModel, ModelRequest } from '#core/ports/language-model.ts';
import { Answer } from './answer.ts';
import { callWatch } from './call-watch.ts';
import { modelError } from './failures.ts';
import { partsOf, reasonOf } from './sdk-parts.ts';
import { type ModelTimeouts, Stall } from './stall.ts';

/** OpenAI keeps responses for 30 days by default. Other providers ignore this option. */
const PRIVATE = { openai: { store: false } };

/**
 * A language model over a provider of the AI SDK, by the provider's interface. `streamText` would retry, buffer and report
 * errors outside the stream; here a failure must end the stream as one AppError.
 */
export function aiSdkModel(
  name: string,
  load: () => Promise<LanguageModelV4>,
  { firstTokenTimeoutMs, tokenTimeoutMs, continues = false }: ModelTimeouts & { readonly continues?: boolean },
): LanguageModel {
  return {
    name,
    continues,
    async *stream(request, signal) {
      const stall = new Stall(signal, firstTokenTimeoutMs);
      const watch = { alive: () => stall.alive(), ended: false };
      const answer = new Answer(name);
      let responded = false;
      let finish: LanguageModelV4FinishReason | undefined;
      let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined;
      try {
        const model = await load();
        const options = { prompt: toPrompt(request), abortSignal: stall.signal, providerOptions: PRIVATE };
        const { stream } = await callWatch.run(watch, () => model.doStream(options));
        responded = true;
        reader = stream.getReader();
        for (;;) {
          const { done, value: part } = await reader.read();
          if (done) break;
          const isSign = part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'finish';
          if (isSign) stall.pause();
          if (part.type === 'finish') finish = part.finishReason;
          yield* partsOf(part, answer);
          if (isSign) stall.expect(tokenTimeoutMs);
        }
        signal.throwIfAborted();
        stall.pause();
        yield* answer.rest();
        yield answer.finish(reasonOf(finish, watch.ended));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const cause = stall.signal.aborted ? stall.signal.reason : error;
        stall.abort(); // the SDK may have thrown with the response still open
        throw modelError(name, cause, responded);
      } finally {
        stall.stop();
        // nothing is left to cancel of a stream that has ended, and its connection can be used again
        void reader?.cancel().catch(() => undefined);
      }
    },
  };
}

function toPrompt({ system, messages, partial }: ModelRequest): LanguageModelV4Prompt {
  return [
    { role: 'system', content: system },
    ...messages.map(({ role, content }): LanguageModelV4Prompt[number] => {
      if (role === 'SYSTEM') return { role: 'system', content };
      return { role: role === 'USER' ? 'user' : 'assistant', content: [{ type: 'text', text: content }] };
    }),
    ...(partial === undefined
      ? []
      : [{ role: 'assistant' as const, content: [{ type: 'text' as const, text: partial }] }]),
  ];
}
