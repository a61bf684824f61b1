import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { type Cursor, formatCursor, parseCursor } from '#core/turn/cursor.ts';
import { idleIterator } from './iterator.ts';

export interface MemoryEventLogOptions {
  /** UTF-16 code units of unread text past which a reader gets the whole text instead of the rest. */
  readonly snapshotBound?: number;
  /** Number of ended logs kept for late readers, and their lifetime in milliseconds. */
  readonly keep?: number;
  readonly keepMs?: number;
  readonly now?: () => number;
}

/** Text lives once, in `text`; a delta's entry only says where it ends. */
interface Entry {
  readonly at: number;
  readonly end: number;
  readonly event: Exclude<GenerationEvent, { type: 'text-delta' }> | null;
}

class Log {
  readonly generationId: string;
  readonly epoch: number;
  readonly entries: Entry[] = [];
  readonly waiting = new Set<() => void>();
  text = '';
  closed = false;
  #last: { from: number; to: number; logged: LoggedEvent } | undefined;

  constructor(generationId: string, epoch: number) {
    this.generationId = generationId;
    this.epoch = epoch;
  }

  wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const wake of woken) wake();
  }

  /** The event that takes a reader from entry `from` to entry `to`; readers side by side share one. */
  merged(from: number, to: number, snapshot: boolean): LoggedEvent {
    if (this.#last?.from === from && this.#last.to === to && !snapshot) return this.#last.logged;
    const last = this.entries[to - 1] as Entry;
    const offset = this.entries[from - 1]?.end ?? 0;
    const event: GenerationEvent =
      last.event ??
      (snapshot
        ? { type: 'text-snapshot', text: this.text.slice(0, last.end), attempt: this.epoch }
        : { type: 'text-delta', text: this.text.slice(offset, last.end), offset });
    const logged = { cursor: formatCursor(this.epoch, to), generationId: this.generationId, at: last.at, event };
    this.#last = { from, to, logged };
    return logged;
  }
}

/** The event log of one process. Merging on pull: a reader costs nothing but its place. */
export function memoryEventLog({
  snapshotBound = 65_536,
  keep = 1_000,
  keepMs = 600_000,
  now = Date.now,
}: MemoryEventLogOptions = {}): EventLog {
  const logs = new Map<string, Log>();
  const ended: { readonly log: Log; readonly at: number }[] = [];
  const dirty = new Set<Log>();

  const wakeLater = (log: Log) => {
    if (dirty.size === 0)
      setImmediate(() => {
        const due = [...dirty];
        dirty.clear();
        for (const log of due) log.wake();
      });
    dirty.add(log);
  };

  const forget = () => {
    while (ended[0] && (ended.length > keep || ended[0].at < now() - keepMs)) {
      const { log } = ended.shift() as { readonly log: Log };
      if (logs.get(log.generationId) === log) logs.delete(log.generationId);
    }
  };

  const writable = (generationId: string, epoch: number): Log | undefined => {
    const log = logs.get(generationId);
    return log && log.epoch === epoch && !log.closed ? log : undefined;
  };

  return {
    shared: false,

    open(generationId, epoch) {
      const former = logs.get(generationId);
      if (former && former.epoch >= epoch) return;
      logs.set(generationId, new Log(generationId, epoch));
      forget();
      former?.wake();
    },

    append(generationId, epoch, event) {
      const log = writable(generationId, epoch);
      if (!log) return false;
      const first = log.text === '';
      if (event.type === 'text-delta') log.text += event.text;
      if (event.type === 'text-snapshot') log.text = event.text;
      log.entries.push({ at: now(), end: log.text.length, event: event.type === 'text-delta' ? null : event });
      // The first token goes out at once; what follows within one turn of the loop goes out together.
      if (log.waiting.size > 0) {
        if (first) log.wake();
        else wakeLater(log);
      }
      return true;
    },

    close(generationId, epoch) {
      const log = writable(generationId, epoch);
      if (!log) return;
      log.closed = true;
      log.wake();
      ended.push({ log, at: now() });
      forget();
    },

    async read(generationId, cursor, signal) {
      const log = logs.get(generationId);
      return log && reader(logs, log, parseCursor(cursor), snapshotBound, signal);
    },

    async stop() {
      for (const log of logs.values()) {
        log.closed = true;
        log.wake();
      }
      logs.clear();
    },
  };
}

function reader(
  logs: ReadonlyMap<string, Log>,
  first: Log,
  cursor: Cursor | null,
  snapshotBound: number,
  signal: AbortSignal,
) {
  let log = first;
  let position = 0;
  let wantsSnapshot = false;

  const startAt = (place: Cursor | null) => {
    const known = place !== null && place.epoch === log.epoch && place.position <= log.entries.length;
    position = known ? place.position : 0;
    wantsSnapshot = place !== null && !known;
    if (wantsSnapshot) position = lastTextEntry(log);
  };
  startAt(cursor);

  const take = (): LoggedEvent | undefined => {
    if (wantsSnapshot) {
      wantsSnapshot = false;
      if (position > 0) return log.merged(0, position, true);
    }
    if (position >= log.entries.length) return undefined;
    const from = position;
    position += 1;
    if (log.entries[from]?.event === null) while (log.entries[position]?.event === null) position += 1;
    const begin = log.entries[from - 1]?.end ?? 0;
    const end = log.entries[position - 1]?.end ?? 0;
    return log.merged(from, position, log.entries[from]?.event === null && end - begin > snapshotBound);
  };

  return idleIterator<LoggedEvent>(signal, {
    take() {
      const logged = take();
      if (logged) return logged;
      const newer = logs.get(log.generationId);
      if (!newer || newer === log || newer.epoch < log.epoch) return log.closed ? 'done' : undefined;
      log = newer;
      startAt(null);
      return take();
    },
    wait: (wake) => log.waiting.add(wake),
    leave: (wake) => log.waiting.delete(wake),
  });
}

/** The position after the last entry that changed the text, which is a snapshot's position. 0 if there is none. */
function lastTextEntry(log: Log): number {
  for (let index = log.entries.length; index > 0; index -= 1) {
    const event = log.entries[index - 1]?.event;
    if (event === null || event?.type === 'text-snapshot') return index;
  }
  return 0;
}
