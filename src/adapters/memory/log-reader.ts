import type { LoggedEvent } from '#core/events.ts';
import { type Cursor, STORED_TEXT } from '#core/turn/cursor.ts';
import { idleIterator } from './iterator.ts';
import type { Log } from './log.ts';

/** Reads from a cursor to the end of the log, and on in the log of the next attempt. What has come since the last pull arrives merged. */
export function logReader(
  logs: ReadonlyMap<string, Log>,
  first: Log,
  cursor: Cursor | null,
  snapshotBound: number,
  signal: AbortSignal,
) {
  let log = first;
  let position = 0;
  let wantsSnapshot = false;
  /** The store served the reader of this attempt, at cursors above all that the log has: only the next attempt is for it. */
  let isOver = false;
  /** The reader comes from the next attempt, of which this copy has not heard yet. */
  let isAhead = false;

  const startAt = (place: Cursor | null) => {
    isOver = place !== null && place.epoch === log.epoch && place.position >= STORED_TEXT - 1;
    isAhead = place !== null && place.epoch > log.epoch && log.isCopy && !log.closed;
    // A copy may lag behind what the reader got where the log is written.
    const end = log.isCopy && !log.closed ? STORED_TEXT - 2 : log.size;
    const known = place !== null && place.epoch === log.epoch && place.position <= end;
    position = known ? place.position : 0;
    wantsSnapshot = place !== null && !known;
    if (wantsSnapshot) position = log.textPosition;
  };
  startAt(cursor);

  const take = (): LoggedEvent | undefined => {
    if (isOver || isAhead) return undefined;
    if (wantsSnapshot) {
      wantsSnapshot = false;
      if (position > 0) return log.merged(0, position, true);
    }
    if (position >= log.size) return undefined;
    const from = position;
    position += 1;
    while (log.areOne(from, position)) position += 1;
    return log.merged(from, position, log.answerIn(from, position) > snapshotBound);
  };

  return idleIterator<LoggedEvent>(signal, {
    take() {
      const logged = take();
      if (logged) return logged;
      const newer = logs.get(log.generationId);
      if (newer && newer !== log && newer.epoch >= log.epoch) {
        log = newer;
        startAt(isAhead ? cursor : null);
        return take();
      }
      if (!log.closed) return undefined;
      if (!isAhead || newer !== log) return 'done';
      startAt(cursor); // there was no next attempt
      return take() ?? 'done';
    },
    wait: (wake) => log.waiting.add(wake),
    leave: (wake) => log.waiting.delete(wake),
  });
}
