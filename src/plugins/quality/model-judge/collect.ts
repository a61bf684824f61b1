import type { ModelPart } from '#core/ports/language-model.ts';
import { untilAborted } from '#core/runtime/deadline.ts';

/** Longer answers of a judge are nonsense; UTF-16 code units. */
const LONGEST = 20_000;

/** The text that a model answers with. Rejects when the signal aborts, without waiting for the model. */
export async function textOf(parts: AsyncIterable<ModelPart>, signal: AbortSignal): Promise<string> {
  const iterator = parts[Symbol.asyncIterator]();
  try {
    signal.throwIfAborted();
    let text = '';
    for (;;) {
      const { done, value } = await untilAborted(iterator.next(), signal);
      if (done) return text;
      if (value.type === 'text-delta') text += value.text;
      if (text.length > LONGEST) throw new Error('the judge says too much');
    }
  } finally {
    // Not awaited: a model that hangs ends at its own time limit.
    void iterator.return?.().catch(() => undefined);
  }
}
