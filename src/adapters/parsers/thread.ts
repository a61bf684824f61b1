import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import { withDeadline } from '#core/runtime/deadline.ts';
import { Thread, ThreadLost } from '#core/runtime/thread.ts';
import { tooMuch } from './failures.ts';
import type { Limits } from './options.ts';
import type { ParserCalls } from './worker.ts';

export interface ThreadOptions {
  readonly limits: Limits;
  readonly timeoutMs: number;
  readonly idleMs: number;
}

/** Interval in milliseconds for checking a thread's memory outside its heap, which no limit of V8 bounds. */
const WATCH_MS = 100;

/** UTF-16 code units of a text; the thread that read a longer one ends with it. */
const LARGE = 4_000_000;

const TOO_MUCH =
  'The file is too much to read: it takes more memory than one file may. Split it into smaller files, or save it as plain text';

const tooSlow = (milliseconds: number) =>
  tooMuch(
    `The file is too much to read: it was not done in ${milliseconds / 1_000} seconds. Split it into smaller files`,
  );

/** A thread that reads one file at a time. It ends when a file takes it too far, and a new one starts with the next file. */
export class ParserThread {
  readonly #options: ThreadOptions;
  #thread: Thread<ParserCalls> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  async parse(file: UploadedFile, signal: AbortSignal): Promise<ParsedDocument> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const { limits, timeoutMs, idleMs } = this.#options;
    const thread = this.#living();
    const ended = new AbortController();
    let text = '';
    let answered = false;
    const answer = thread
      .ask('parse', { file: plain(file), limits }, undefined, (piece) => {
        text += piece;
      })
      .finally(() => {
        answered = true;
      });
    try {
      const bounded = () => Promise.race([answer, overdrawn(thread, limits, ended.signal)]);
      const document = await withDeadline(timeoutMs, bounded, { signal, late: () => tooSlow(timeoutMs) });
      text += document.text;
      this.#idle = setTimeout(() => void this.end(), idleMs).unref();
      // A large file would leave its heap to the thread for good.
      if (text.length > LARGE) await this.end();
      return { ...document, text };
    } catch (error) {
      // A thread that did not answer is still at work on the file.
      if (!answered) await this.end();
      throw failureOf(error);
    } finally {
      ended.abort();
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }

  #living(): Thread<ParserCalls> {
    if (!this.#thread?.alive) this.#thread = startThread(this.#options.limits.maxMemoryMb);
    return this.#thread;
  }
}

const plain = ({ path, name, mediaType }: UploadedFile): UploadedFile => ({ path, name, mediaType });

/** Buffers are outside the heap: only this check sees a page that unpacks to gigabytes. Rejects when the thread holds too much. */
async function overdrawn(thread: Thread<ParserCalls>, { maxMemoryMb }: Limits, signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(WATCH_MS, undefined, { signal });
    const held = await thread.heap().catch(() => null);
    if (held && held.used_heap_size + held.external_memory > 1.5 * maxMemoryMb * 2 ** 20) throw tooMuch(TOO_MUCH);
  }
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof ThreadLost)) return error;
  if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuch(TOO_MUCH);
  return new Error('The thread that reads files ended', { cause: error.cause });
}

function startThread(maxMemoryMb: number): Thread<ParserCalls> {
  const compiled = getCompileCacheDir();
  return new Thread<ParserCalls>(() => undefined, new URL('./worker.ts', import.meta.url), {
    // A thread that reads untrusted files gets no secret and no option of this process; the path of the compile cache is neither.
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  });
}
