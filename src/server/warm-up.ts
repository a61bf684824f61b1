/** The server's own part of what is loaded before the first request. */
import { type Warming, warmUp } from '#core/runtime/warm-up.ts';
import { inWork } from '#core/runtime/work.ts';
import type { Engine } from './engine.ts';

/** Milliseconds from listening to the first of it: a page that waits for the server is sent first. */
const AFTER_LISTENING = 150;

/** As clients send it. */
const USUAL = `subscription Chat($input: SendMessageInput!) {
  chat(input: $input) {
    __typename cursor generationId at
    ... on GenerationStarted { conversationId userMessageId assistantMessageId attempt }
    ... on TextDelta { text offset }
    ... on TextSnapshot { text attempt }
    ... on CitationAdded { citation { quote start end passage { id text document { id title } } } }
    ... on GenerationCompleted { message { id content status } }
    ... on GenerationFailed { error { code message retryable } }
  }
}`;

/** Parses and validates a usual operation, so that the schema is checked and the code compiled. Runs nothing. */
export const usualOperation = (engine: Pick<Engine, 'prepare'>) => ({
  name: 'a usual operation',
  warm() {
    const [error] = engine.prepare(USUAL).errors;
    if (error) throw error;
  },
});

/** What is loaded once the server listens. `engine`: null where no client asks. */
export function serverWarming(parts: readonly Warming[] = [], engine: Pick<Engine, 'prepare'> | null) {
  const stopping = new AbortController();
  let done = false;
  return {
    get done() {
      return done;
    },
    begin() {
      const all = [...(engine ? [usualOperation(engine)] : []), ...parts];
      // One trace, and not one a step.
      const warming = inWork({ kind: 'job', job: 'warm-up', id: 'start' }, () =>
        warmUp(all, { signal: stopping.signal, after: AFTER_LISTENING }),
      );
      void warming.then(() => {
        done = true;
      });
    },
    stop: () => stopping.abort(),
  };
}
