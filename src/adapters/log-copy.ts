import type { LogPart, MemoryEventLog } from './memory/event-log.ts';

/** Puts parts of another replica's log into the log of this process: the same events at the same cursors. */
export class LogCopy {
  readonly #generationId: string;
  readonly #log: MemoryEventLog;
  epoch = 0;
  position = 0;
  /** When something new came last, in milliseconds since the epoch. */
  heard = Date.now();

  constructor(generationId: string, log: MemoryEventLog) {
    this.#generationId = generationId;
    this.#log = log;
  }

  /** `broken`: events before this part are missing, and nothing after them can be told with the right cursors. */
  take(part: LogPart): 'open' | 'whole' | 'broken' {
    if (part.epoch < this.epoch) return 'open';
    if (part.epoch > this.epoch) {
      if (part.from > 0) return 'broken';
      this.#log.open(this.#generationId, part.epoch, true);
      this.epoch = part.epoch;
      this.position = 0;
    }
    if (part.from > this.position) return 'broken';
    this.heard = Date.now();
    for (const event of part.events.slice(this.position - part.from)) {
      void this.#log.append(this.#generationId, this.epoch, event);
      this.position += 1;
    }
    return part.closed ? 'whole' : 'open';
  }

  /** Readers here end. Unless the log is whole, it is not kept, and they look for it again, or go on from the store. */
  end(whole: boolean): void {
    if (this.epoch > 0) this.#log[whole ? 'close' : 'abandon'](this.#generationId, this.epoch);
  }
}

/** Fields of records that are instants: JSON carries them as text. */
const INSTANTS: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'startedAt', 'indexedAt']);

/** For JSON.parse of events. */
export const withDates = (key: string, value: unknown): unknown =>
  INSTANTS.has(key) && typeof value === 'string' ? new Date(value) : value;

/** Undefined where it is no part of a log. */
export function logPart(value: unknown): LogPart | undefined {
  const part = value as Partial<LogPart> | null;
  return Number.isInteger(part?.epoch) && Number.isInteger(part?.from) && Array.isArray(part?.events)
    ? (part as LogPart)
    : undefined;
}
