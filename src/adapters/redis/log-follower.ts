import type { EventLog } from '#core/ports/event-log.ts';
import type { RedisConnection } from './connection.ts';
import type { MirroredEntry, StreamNames } from './log-mirror.ts';

/** Polling interval in milliseconds: a notification may be lost. */
const LOOK_EVERY = 1_000;
const AT_ONCE = 500;

/**
 * Copies a generation's stream into the log of this process, so that its readers here are served as those where it runs:
 * the same events at the same cursors.
 */
export class LogFollower {
  readonly #redis: RedisConnection['commands'];
  readonly #stream: string;
  readonly #generationId: string;
  readonly #log: EventLog;
  readonly #onEnd: () => void;
  readonly #timer: NodeJS.Timeout;
  #last = '-';
  #epoch = 0;
  #position = 0;
  #reading: Promise<void> | undefined;
  #again = false;
  #ended = false;

  constructor(
    redis: RedisConnection['commands'],
    names: StreamNames,
    generationId: string,
    log: EventLog,
    onEnd: () => void,
  ) {
    this.#redis = redis;
    this.#stream = names.stream(generationId);
    this.#generationId = generationId;
    this.#log = log;
    this.#onEnd = onEnd;
    this.#timer = setInterval(() => this.wake(), LOOK_EVERY);
    this.#timer.unref();
  }

  /** Reads what there is; false where there is no such stream, or the server does not answer. */
  async start(): Promise<boolean> {
    await this.#read().catch(() => undefined);
    if (this.#epoch > 0) return true;
    this.end();
    return false;
  }

  wake(): void {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
  }

  /** Ends the readers here. If the generation has not ended, they continue from the store. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    if (this.#epoch > 0) this.#log.close(this.#generationId, this.#epoch);
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
        this.#last = id;
        if (!this.#take(fields[1] ?? '')) return this.end();
      }
      if (entries.length < AT_ONCE) return;
    }
  }

  /** False if the log has ended or lacks events: then its cursors would be wrong. */
  #take(text: string): boolean {
    const entry = parsed(text);
    if (!entry || entry.epoch < this.#epoch) return true;
    if (entry.epoch > this.#epoch) {
      this.#log.open(this.#generationId, entry.epoch);
      this.#epoch = entry.epoch;
      this.#position = 0;
    }
    if (entry.from > this.#position) return false;
    for (const event of entry.events.slice(this.#position - entry.from)) {
      void this.#log.append(this.#generationId, this.#epoch, event);
      this.#position += 1;
    }
    return !entry.closed;
  }
}

/** Fields of records that are instants: JSON carries them as text. */
const INSTANTS: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'startedAt', 'indexedAt']);
const withDates = (key: string, value: unknown) =>
  INSTANTS.has(key) && typeof value === 'string' ? new Date(value) : value;

function parsed(text: string): MirroredEntry | undefined {
  try {
    const entry = JSON.parse(text, withDates) as Partial<MirroredEntry>;
    return Number.isInteger(entry.epoch) && Number.isInteger(entry.from) && Array.isArray(entry.events)
      ? (entry as MirroredEntry)
      : undefined;
  } catch {
    return undefined;
  }
}
