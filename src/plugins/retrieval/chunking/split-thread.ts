import type { PassageDraft } from '#core/ports/store.ts';
import { DeadlineExceeded, withDeadline } from '#core/runtime/deadline.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import { Gate } from '#core/runtime/gate.ts';
import { Thread, ThreadLost } from '#core/runtime/thread.ts';
import { dataParts, isLongData } from './data-parts.ts';
import type { SplitDocument, SplitInput } from './index.ts';
import type { SplitCalls } from './worker.ts';

const SCRIPT = new URL('./worker.ts', import.meta.url);
/** Milliseconds without work after which the thread ends: its grammars take memory. */
const IDLE = 10_000;
/** Milliseconds that the recursive splitter may take; it looks at nothing but separators. */
const RECURSIVE_WITHIN = 60_000;

export interface SplitThreadOptions {
  /** Milliseconds that the splitter by structure may take for one text, and for each million of its characters. */
  readonly structureWithin?: { readonly text: number; readonly million: number };
  /** The thread's code. */
  readonly script?: URL;
}

/**
 * Splits documents in a thread, one at a time, that lives while it is needed. If a document's structure exceeds the time limit
 * or ends the thread, the recursive splitter cuts it: searches find it, and it does not delay other documents for long.
 */
export class SplitThread {
  readonly #within: { readonly text: number; readonly million: number };
  readonly #script: URL;
  readonly #gate = new Gate(1);
  #thread: Thread<SplitCalls> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor({ structureWithin = { text: 20_000, million: 2_000 }, script = SCRIPT }: SplitThreadOptions = {}) {
    this.#within = structureWithin;
    this.#script = script;
  }

  /** Rejects when the signal aborts: then the thread ends, and the work with it. Long data goes to the thread part by part. */
  async split(input: SplitInput, signal: AbortSignal): Promise<SplitDocument> {
    if (!isLongData(input)) return this.#split(input, signal);
    const passages: PassageDraft[] = [];
    for (const part of dataParts(input.text)) {
      const text = input.text.slice(part.start, part.end);
      for (const passage of (await this.#split({ ...input, kind: 'GENERAL', text }, signal)).passages) {
        const [start, end] = [passage.start + part.start, passage.end + part.start];
        // A substring of the whole text shares its memory.
        passages.push({ start, end, text: input.text.slice(start, end), heading: passage.heading });
      }
    }
    return { kind: 'GENERAL', passages };
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.end();
  }

  #split(input: SplitInput, signal: AbortSignal): Promise<SplitDocument> {
    return this.#gate.run(async () => {
      if (input.splitter === 'recursive') return this.#ask(input, RECURSIVE_WITHIN, signal);
      const { text, million } = this.#within;
      try {
        return await this.#ask(input, text + (input.text.length / 1e6) * million, signal);
      } catch (error) {
        const isTooMuch = error instanceof ThreadLost || (error instanceof DeadlineExceeded && !signal.aborted);
        if (!isTooMuch) throw error;
        warn('chunking', 'a document was cut without its structure, which takes too long to find', error);
        const { passages } = await this.#ask({ ...input, splitter: 'recursive' }, RECURSIVE_WITHIN, signal);
        return { kind: input.kind ?? 'GENERAL', passages };
      }
    }, signal);
  }

  async #ask(input: SplitInput, milliseconds: number, signal: AbortSignal): Promise<SplitDocument> {
    clearTimeout(this.#idle);
    const thread = this.#living();
    try {
      return await withDeadline(milliseconds, (soon) => thread.ask('split', input, soon), { signal });
    } catch (error) {
      // The thread's work may never end.
      if (signal.aborted || error instanceof DeadlineExceeded) await this.#end(thread);
      throw error;
    } finally {
      this.#idle = setTimeout(() => void this.#end(thread), IDLE).unref();
    }
  }

  #living(): Thread<SplitCalls> {
    if (!this.#thread?.alive) this.#thread = new Thread<SplitCalls>(() => undefined, this.#script);
    return this.#thread;
  }

  async #end(thread: Thread<SplitCalls>): Promise<void> {
    if (this.#thread === thread) this.#thread = undefined;
    await thread.end();
  }
}
