import { LogCopy, logPart, withDates } from '../log-copy.ts';
import type { LogPart, MemoryEventLog } from '../memory/event-log.ts';
import type { RedisConnection } from './connection.ts';
import type { StreamNames } from './log-mirror.ts';

/** Polling interval in milliseconds: a notification may be lost. */
const LOOK_EVERY = 1_000;
const AT_ONCE = 500;
/** Milliseconds without an event after which a stream is followed no longer: readers who are still there begin again. */
const LONGEST_SILENCE = 60_000;

/**
 * Copies a generation's stream into the log of this process, so that its readers here are served as those where it runs:
 * the same events at the same cursors.
 */
export class LogFollower {
  readonly #redis: RedisConnection['commands'];
  readonly #stream: string;
  readonly #copy: LogCopy;
  readonly #onEnd: () => void;
  readonly #timer: NodeJS.Timeout;
  #last = '-';
  #reading: Promise<void> | undefined;
  #again = false;
  #ended = false;

  constructor(
    redis: RedisConnection['commands'],
    names: StreamNames,
    generationId: string,
    log: MemoryEventLog,
    onEnd: () => void,
  ) {
    this.#redis = redis;
    this.#stream = names.stream(generationId);
    this.#copy = new LogCopy(generationId, log);
    this.#onEnd = onEnd;
    this.#timer = setInterval(() => {
      if (Date.now() - this.#copy.heard > LONGEST_SILENCE) this.end();
      else this.wake();
    }, LOOK_EVERY);
    this.#timer.unref();
  }

  /** Reads what there is; false where there is no such stream, or the server does not answer. */
  async start(): Promise<boolean> {
    await this.#read().catch(() => undefined);
    if (this.#copy.epoch > 0) return true;
    this.end();
    return false;
  }

  wake(): void {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
  }

  /** Ends the readers here. If the log is not whole, they look for it again, or continue from the store. */
  end(whole = false): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#copy.end(whole);
    this.#onEnd();
  }

  async #readAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false;
      await this.#read().catch(() => undefined); // looked at again within LOOK_EVERY
    }
  }

  async #read(): Promise<void> {
    for (;;) {
      const start = this.#last === '-' ? '-' : `(${this.#last}`;
      const entries = await this.#redis.xrange(this.#stream, start, '+', 'COUNT', AT_ONCE);
      for (const [id, fields] of entries) {
        if (this.#ended) return;
        this.#last = id;
        const part = parsed(fields[1] ?? '');
        const outcome = part ? this.#copy.take(part) : 'open';
        if (outcome !== 'open') return this.end(outcome === 'whole');
      }
      if (entries.length < AT_ONCE) return;
    }
  }
}

function parsed(text: string): LogPart | undefined {
  try {
    return logPart(JSON.parse(text, withDates));
  } catch {
    return undefined;
  }
}
