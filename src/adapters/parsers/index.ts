import type { DocumentParser, ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import { limitsOf, type ParserOptions } from './options.ts';
import { ParserThread } from './thread.ts';

export type { ParserOptions } from './options.ts';

/** Files that are read at once; others wait. */
const THREADS = 2;

/** Reads PDF, DOCX, HTML, Markdown, plain text, CSV, JSON and source code, each file in a thread with bounds on time and memory. */
export function documentParser(options: ParserOptions = {}): DocumentParser & { close(): Promise<void> } {
  const { timeoutMs = 120_000, idleMs = 10_000 } = options;
  const threads = Array.from(
    { length: THREADS },
    () => new ParserThread({ limits: limitsOf(options), timeoutMs, idleMs }),
  );
  const free = [...threads];
  const waiting: ((thread: ParserThread) => void)[] = [];

  async function place(signal: AbortSignal): Promise<ParserThread> {
    signal.throwIfAborted();
    const thread = free.pop();
    if (thread) return thread;
    const { promise, resolve, reject } = Promise.withResolvers<ParserThread>();
    const abort = () => {
      waiting.splice(waiting.indexOf(resolve), 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    waiting.push(resolve);
    return promise.finally(() => signal.removeEventListener('abort', abort));
  }

  function leave(thread: ParserThread): void {
    const next = waiting.shift();
    if (next) next(thread);
    else free.push(thread);
  }

  return {
    async parse(file: UploadedFile, signal: AbortSignal): Promise<ParsedDocument> {
      const thread = await place(signal);
      try {
        return await thread.parse(file, signal);
      } finally {
        leave(thread);
      }
    },

    /** Ends the threads, and what they are reading. */
    async close() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
