import type { DocumentParser } from '#core/ports/document-parser.ts';
import { Gate } from '#core/runtime/gate.ts';
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
  const gate = new Gate(THREADS);

  return {
    parse: (file, signal) =>
      gate.run(async () => {
        const thread = free.pop() as ParserThread;
        try {
          return await thread.parse(file, signal);
        } finally {
          free.push(thread);
        }
      }, signal),

    /** Ends the threads, and what they are reading. */
    async close() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
