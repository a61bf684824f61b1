import { AppError } from '#core/errors.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { Thread, ThreadLost } from '#core/runtime/thread.ts';
import type { EncoderCalls } from './calls.ts';
import { DIMENSIONS } from './layout.ts';

/**
 * The name is part of the format of every index: a change of the weights, of the vocabulary or of the kernel's rounding needs a
 * new one.
 */
export const BUILT_IN_ENCODER = 'built-in:use-multilingual';

const SCRIPT = new URL('./worker.ts', import.meta.url);
/** A text that ends the thread this many times in a row is refused. */
const MAX_LOSSES = 2;

export interface BuiltInEncoder extends EmbeddingModel {
  /** Ends the thread. The next call starts another. */
  stop(): Promise<void>;
}

/**
 * Sentence vectors of 512 dimensions for English, Chinese, Japanese and other languages in Latin script, offline. The model opens in
 * a thread on first use: about 0.3 s and 75 MB, 125 MB after some thousand texts. It reads the first 2,048 tokens of a text. A text
 * always has the same vector. Fails with MODEL_FAILED where the thread is lost again and again.
 */
export function builtInEncoder(script: URL = SCRIPT): BuiltInEncoder {
  let thread: Thread<EncoderCalls> | undefined;
  const living = (): Thread<EncoderCalls> => {
    if (!thread?.alive) thread = new Thread<EncoderCalls>(() => undefined, script);
    return thread;
  };
  async function embed(
    texts: readonly string[],
    signal: AbortSignal,
    purpose: 'query' | 'passage' = 'passage',
  ): Promise<readonly Float32Array[]> {
    signal.throwIfAborted();
    if (texts.length === 0) return [];
    for (let losses = 1; ; losses += 1) {
      try {
        return await living().ask('encode', { texts, purpose }, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ThreadLost && losses < MAX_LOSSES) continue;
        throw new AppError('MODEL_FAILED', `${BUILT_IN_ENCODER} could not encode the text`, { cause: error });
      }
    }
  }
  return {
    name: BUILT_IN_ENCODER,
    dimensions: async () => DIMENSIONS,
    embed,
    async stop() {
      await thread?.end();
      thread = undefined;
    },
  };
}
