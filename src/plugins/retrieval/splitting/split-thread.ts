import { Thread, ThreadLost } from '#core/thread.ts';
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

  /** Rejects where the document takes the thread down, and when the signal aborts: then the thread ends, and the work with it. */
  async split(input: SplitInput, signal: AbortSignal): Promise<SplitDocument> {
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
