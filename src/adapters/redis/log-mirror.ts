import type { GenerationEvent } from '#core/events.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import type { LogPart } from '../memory/event-log.ts';
import type { RedisConnection } from './connection.ts';

/**
 * KEYS: stream, epoch. ARGV: epoch, entry, milliseconds to live, channel. Answers 0 where a newer epoch has written: a writer
 * that lost its generation is refused. Appends first, wakes readers second.
 */
const APPEND = `
local newest = tonumber(redis.call('GET', KEYS[2]) or '0')
local epoch = tonumber(ARGV[1])
if epoch < newest then return 0 end
redis.call('SET', KEYS[2], epoch, 'PX', ARGV[3])
redis.call('XADD', KEYS[1], 'MAXLEN', '~', '10000', '*', 'e', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', ARGV[4], '')
return 1`;

/** Milliseconds that a generation's stream outlives its last event. */
const TO_LIVE = 600_000;
/** Events that wait for a server which does not answer; more, and the generation is left to the store. */
const MOST_WAITING = 5_000;

export interface StreamNames {
  stream(generationId: string): string;
  epoch(generationId: string): string;
  channel(generationId: string): string;
}

/** Writes one generation's events to its stream, many in one entry where they come faster than the server takes them. */
export class LogMirror {
  readonly #redis: RedisConnection['commands'];
  readonly #names: StreamNames;
  readonly #generationId: string;
  readonly #epoch: number;
  readonly #onRefused: () => void;
  #waiting: GenerationEvent[] = [];
  #written = 0;
  #closed = false;
  #closeWritten = false;
  #writing: Promise<void> | undefined;
  /** True from then on where the stream lacks an event: its readers go to the store. */
  #broken = false;

  constructor(
    redis: RedisConnection['commands'],
    names: StreamNames,
    generationId: string,
    epoch: number,
    onRefused: () => void,
  ) {
    this.#redis = redis;
    this.#names = names;
    this.#generationId = generationId;
    this.#epoch = epoch;
    this.#onRefused = onRefused;
    this.#write();
  }

  append(event: GenerationEvent): void {
    if (this.#broken) return;
    this.#waiting.push(event);
    if (this.#waiting.length > MOST_WAITING) this.#breakOff(new Error('too many events wait'));
    else this.#write();
  }

  close(): void {
    this.#closed = true;
    this.#write();
  }

  /** Resolves when all appended entries are written or dropped. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #write(): void {
    this.#writing ??= Promise.resolve()
      .then(() => this.#writeAll())
      .catch((error) => this.#breakOff(error))
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #writeAll(): Promise<void> {
    let first = this.#written === 0;
    while (!this.#broken && (first || this.#waiting.length > 0 || (this.#closed && !this.#closeWritten))) {
      first = false;
      const events = this.#waiting;
      this.#waiting = [];
      const entry: LogPart = { epoch: this.#epoch, from: this.#written, events, closed: this.#closed };
      this.#closeWritten = this.#closed;
      const { stream, epoch, channel } = this.#names;
      const id = this.#generationId;
      const taken = await this.#redis.eval(
        APPEND,
        2,
        ...[stream(id), epoch(id)],
        ...[this.#epoch, JSON.stringify(entry), TO_LIVE, channel(id)],
      );
      this.#written += events.length;
      if (taken === 0) {
        this.#broken = true;
        this.#onRefused();
      }
    }
  }

  #breakOff(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#waiting = [];
    warn('redis', `readers elsewhere follow generation ${this.#generationId} through the store`, error);
    // A stream that ends in the middle tells its readers nothing: they notice that it is silent.
    this.#redis.unlink(this.#names.stream(this.#generationId)).catch(() => undefined);
  }
}
