import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import type { ParsedDocument, UploadedFile } from '#core/ports/document-parser.ts';
import { tooMuch } from './failures.ts';
import type { Limits } from './options.ts';
import type { ParseReply, ParseRequest } from './worker.ts';

export interface ThreadOptions {
  readonly limits: Limits;
  readonly timeoutMs: number;
  readonly idleMs: number;
}

/** Milliseconds between two looks at what a thread holds beside its heap, which no limit of the engine's binds. */
const WATCH_MS = 100;

/** UTF-16 code units of a text; the thread that read a longer one ends with it. */
const LARGE = 4_000_000;

type LastReply = Exclude<ParseReply, { readonly piece: string }>;

const TOO_MUCH =
  'The file is too much to read: it takes more memory than one file may. Split it into smaller files, or save it as plain text';

/** A thread that reads one file at a time. It ends when a file takes it too far, and a new one starts with the next file. */
export class ParserThread {
  readonly #options: ThreadOptions;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  async parse(file: UploadedFile, signal: AbortSignal): Promise<ParsedDocument> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    this.#worker ??= this.#started();
    const worker = this.#worker;
    worker.ref();
    try {
      let text = '';
      const reply = await this.#asked(worker, file, signal, (piece) => {
        text += piece;
      });
      this.#rest(worker);
      if ('document' in reply) {
        text += reply.document.text;
        // What a large file left in its heap would stay for as long as the thread.
        if (text.length > LARGE) await this.end();
        return { ...reply.document, text };
      }
      if ('code' in reply) throw new AppError(reply.code, reply.message);
      throw new Error(`A file could not be read: ${reply.fault}`);
    } finally {
      if (this.#worker === undefined) await worker.terminate();
    }
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #started(): Worker {
    const worker = startWorker(this.#options.limits.maxMemoryMb);
    // Whoever waits for it hears of its end too; here it is only that no later file is given to it.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  /** Rejects when the thread may no longer be used; it has been given up by then. */
  #asked(
    worker: Worker,
    file: UploadedFile,
    signal: AbortSignal,
    onPiece: (piece: string) => void,
  ): Promise<LastReply> {
    const { limits, timeoutMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<LastReply>();
    const replied = (reply: ParseReply) => ('piece' in reply ? onPiece(reply.piece) : resolve(reply));
    const giveUp = (error: unknown) => {
      if (this.#worker === worker) this.#worker = undefined;
      reject(error);
    };
    const abort = () => giveUp(signal.reason);
    const failed = (error: NodeJS.ErrnoException) =>
      giveUp(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(TOO_MUCH) : error);
    const ended = () => giveUp(new Error('The thread that reads files ended'));
    const late = setTimeout(
      () =>
        giveUp(
          tooMuch(
            `The file is too much to read: it was not done in ${timeoutMs / 1_000} seconds. Split it into smaller files`,
          ),
        ),
      timeoutMs,
    );
    const watch = setInterval(
      () => void overdrawn(worker, limits).then((over) => over && giveUp(tooMuch(TOO_MUCH))),
      WATCH_MS,
    );
    worker.on('message', replied).on('error', failed).on('exit', ended);
    signal.addEventListener('abort', abort, { once: true });
    worker.postMessage({
      file: { path: file.path, name: file.name, mediaType: file.mediaType },
      limits,
    } satisfies ParseRequest);
    return promise.finally(() => {
      clearTimeout(late);
      clearInterval(watch);
      signal.removeEventListener('abort', abort);
      worker.off('message', replied).off('error', failed).off('exit', ended);
    });
  }

  #rest(worker: Worker): void {
    worker.unref();
    this.#idle = setTimeout(() => void this.end(), this.#options.idleMs).unref();
  }
}

/** Buffers lie beside the heap: a page that unpacks to gigabytes is seen only here. */
async function overdrawn(worker: Worker, { maxMemoryMb }: Limits): Promise<boolean> {
  try {
    const { used_heap_size: heap, external_memory: external } = await worker.getHeapStatistics();
    return heap + external > 1.5 * maxMemoryMb * 2 ** 20;
  } catch {
    return false;
  }
}

function startWorker(maxMemoryMb: number): Worker {
  const compiled = getCompileCacheDir();
  return new Worker(new URL('./worker.ts', import.meta.url), {
    // What reads strangers' files needs no secret and no option of this process; where compiled code is kept is neither.
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
  });
}
