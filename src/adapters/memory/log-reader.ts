import type { LoggedEvent } from '#core/events.ts';
import type { PolledIterator } from '#core/runtime/polled.ts';
import { type Cursor, STORED_TEXT } from '#core/turn/cursor.ts';
import { type IdleSource, idleIterator } from './iterator.ts';
import type { Log } from './log.ts';

/** Reads from a cursor to the end of the log, and on in the log of the next attempt. What has come since the last pull arrives merged. */
export const logReader = (
  logs: ReadonlyMap<string, Log>,
  first: Log,
  cursor: Cursor | null,
  snapshotBound: number,
  signal: AbortSignal,
): PolledIterator<LoggedEvent> => idleIterator<LoggedEvent>(signal, new LogSource(logs, first, cursor, snapshotBound));

class LogSource implements IdleSource<LoggedEvent> {
  readonly #logs: ReadonlyMap<string, Log>;
  readonly #cursor: Cursor | null;
  readonly #snapshotBound: number;
  #log: Log;
  #position = 0;
  #wantsSnapshot = false;
  /** The store served the reader of this attempt, at cursors above all that the log has: only the next attempt is for it. */
  #isOver = false;
  /** The reader comes from the next attempt, of which this copy has not heard yet. */
  #isAhead = false;

  constructor(logs: ReadonlyMap<string, Log>, first: Log, cursor: Cursor | null, snapshotBound: number) {
    this.#logs = logs;
    this.#log = first;
    first.readers += 1;
    this.#cursor = cursor;
    this.#snapshotBound = snapshotBound;
    this.#startAt(cursor);
  }

  take(): LoggedEvent | 'done' | undefined {
    const logged = this.#next();
    if (logged) return logged;
    const log = this.#log;
    const newer = this.#logs.get(log.generationId);
    if (newer && newer !== log && newer.epoch >= log.epoch) {
      log.readers -= 1;
      newer.readers += 1;
      this.#log = newer;
      this.#startAt(this.#isAhead ? this.#cursor : null);
      return this.#next();
    }
    if (!log.closed) return undefined;
    if (!this.#isAhead || newer !== log) return 'done';
    this.#startAt(this.#cursor); // there was no next attempt
    return this.#next() ?? 'done';
  }

  wait(wake: () => void): void {
    this.#log.waiting.add(wake);
  }

  /** Once: the reader is over. */
  leave(wake: () => void): void {
    this.#log.readers -= 1;
    this.#log.waiting.delete(wake);
  }

  #startAt(place: Cursor | null): void {
    const log = this.#log;
    this.#isOver = place !== null && place.epoch === log.epoch && place.position >= STORED_TEXT - 1;
    this.#isAhead = place !== null && place.epoch > log.epoch && log.isCopy && !log.closed;
    // A copy may lag behind what the reader got where the log is written.
    const end = log.isCopy && !log.closed ? STORED_TEXT - 2 : log.size;
    const known = place !== null && place.epoch === log.epoch && place.position <= end;
    this.#position = known ? place.position : 0;
    this.#wantsSnapshot = place !== null && !known;
    if (this.#wantsSnapshot) this.#position = log.textPosition;
  }

  #next(): LoggedEvent | undefined {
    if (this.#isOver || this.#isAhead) return undefined;
    const log = this.#log;
    if (this.#wantsSnapshot) {
      this.#wantsSnapshot = false;
      if (this.#position > 0) return log.merged(0, this.#position, true);
    }
    if (this.#position >= log.size) return undefined;
    const from = this.#position;
    const to = log.runEnd(from);
    this.#position = to;
    return log.merged(from, to, log.answerIn(from, to) > this.#snapshotBound);
  }
}
