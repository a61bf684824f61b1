import type { PassageDraft } from '#core/ports/store.ts';
import { Thread, ThreadLost } from '#core/runtime/thread.ts';
import { dataParts, isLongData } from './data-parts.ts';
import type { SplitDocument, SplitInput } from './index.ts';
import type { SplitCalls } from './worker.ts';

const SCRIPT = new URL('./worker.ts', import.meta.url);
/** Milliseconds without work after which the thread ends: its grammars take memory. */
const IDLE = 10_000;

/** Splits documents in a thread that is there while it is needed. */
export class SplitThread {
  #thread: Thread<SplitCalls> | undefined;
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  /**
   * Rejects where the document takes the thread down, and when the signal aborts: then the thread ends, and the work with it. Long data
   * goes to the thread part by part.
   */
  async split(input: SplitInput, signal: AbortSignal): Promise<SplitDocument> {
    if (!isLongData(input)) return this.#split(input, signal);
    const passages: PassageDraft[] = [];
    for (const part of dataParts(input.text)) {
      const text = input.text.slice(part.start, part.end);
      for (const passage of (await this.#split({ ...input, kind: 'GENERAL', text }, signal)).passages) {
        const [start, end] = [passage.start + part.start, passage.end + part.start];
        // Cut out of the whole text, it takes no memory of its own.
        passages.push({ start, end, text: input.text.slice(start, end), heading: passage.heading });
      }
    }
    return { kind: 'GENERAL', passages };
  }

  async #split(input: SplitInput, signal: AbortSignal): Promise<SplitDocument> {
    clearTimeout(this.#idle);
    const thread = this.#living();
    this.#running += 1;
    try {
      return await thread.ask('split', input, signal);
    } catch (error) {
      if (signal.aborted && this.#running === 1) await this.#end(thread);
      if (error instanceof ThreadLost) throw new Error('the document is too much to be split', { cause: error });
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle = setTimeout(() => void this.#end(thread), IDLE).unref();
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.end();
  }

  #living(): Thread<SplitCalls> {
    if (!this.#thread?.alive) this.#thread = new Thread<SplitCalls>(() => undefined, SCRIPT);
    return this.#thread;
  }

  async #end(thread: Thread<SplitCalls>): Promise<void> {
    if (this.#thread === thread) this.#thread = undefined;
    await thread.end();
  }
}
