import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { type Cursor, formatCursor, parseCursor, STORED_TEXT } from '#core/turn/cursor.ts';
import { idleIterator } from './iterator.ts';

export interface MemoryEventLogOptions {
  /** UTF-16 code units of unread text past which a reader gets the whole text instead of the rest. */
  readonly snapshotBound?: number;
  /** Number of ended logs kept for late readers, and their lifetime in milliseconds. */
  readonly keep?: number;
  readonly keepMs?: number;
  readonly now?: () => number;
}

/** Texts live once, in the log; a delta's entry only says where it ends. */
interface Entry {
  readonly at: number;
  /** Of the answer. */
  readonly end: number;
  /** Of the reasoning, in the attempt's own. */
  readonly reasoned: number;
  readonly attempt: number;
  readonly event: Exclude<GenerationEvent, Delta> | Delta['type'];
}
type Delta = Extract<GenerationEvent, { type: 'text-delta' | 'reasoning-delta' }>;

class Log {
  readonly generationId: string;
  readonly epoch: number;
  readonly isCopy: boolean;
  readonly entries: Entry[] = [];
  readonly waiting = new Set<() => void>();
  text = '';
  /** One of each model that was asked: the next one's begins at 0 again. */
  readonly reasonings: string[] = [''];
  closed = false;
  #last: { from: number; to: number; logged: LoggedEvent } | undefined;

  constructor(generationId: string, epoch: number, isCopy: boolean) {
    this.generationId = generationId;
    this.epoch = epoch;
    this.isCopy = isCopy;
  }

  wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const wake of woken) wake();
  }

  events(from: number, to: number): GenerationEvent[] {
    return this.entries.slice(from, to).map((entry, index) => {
      const before = this.entries[from + index - 1];
      return typeof entry.event === 'object' ? entry.event : this.#delta(entry.event, before, entry);
    });
  }

  /** The event that takes a reader from entry `from` to entry `to`; readers side by side share one. */
  merged(from: number, to: number, snapshot: boolean): LoggedEvent {
    if (this.#last?.from === from && this.#last.to === to && !snapshot) return this.#last.logged;
    const last = this.entries[to - 1] as Entry;
    const event =
      typeof last.event === 'object'
        ? last.event
        : snapshot
          ? { type: 'text-snapshot' as const, text: this.text.slice(0, last.end), attempt: this.epoch }
          : this.#delta(last.event, this.entries[from - 1], last);
    const logged = { cursor: formatCursor(this.epoch, to), generationId: this.generationId, at: last.at, event };
    this.#last = { from, to, logged };
    return logged;
  }

  #delta(type: Delta['type'], before: Entry | undefined, { end, reasoned, attempt }: Entry): Delta {
    if (type === 'text-delta') {
      const offset = before?.end ?? 0;
      return { type, text: this.text.slice(offset, end), offset };
    }
    const offset = before?.attempt === attempt ? before.reasoned : 0;
    return { type, text: (this.reasonings[attempt] ?? '').slice(offset, reasoned), offset };
  }

  /** True where the second entry's delta goes on where the first one's ends. */
  areOne(first: Entry | undefined, second: Entry | undefined): boolean {
    return typeof first?.event === 'string' && first.event === second?.event && first.attempt === second.attempt;
  }

  add(event: GenerationEvent, at: number): void {
    if (event.type === 'text-delta') this.text += event.text;
    if (event.type === 'text-snapshot') this.text = event.text;
    if (event.type === 'reasoning-delta') {
      if (event.offset === 0 && this.reasonings.at(-1) !== '') this.reasonings.push('');
      this.reasonings[this.reasonings.length - 1] += event.text;
    }
    const attempt = this.reasonings.length - 1;
    const isDelta = event.type === 'text-delta' || event.type === 'reasoning-delta';
    const ends = { end: this.text.length, reasoned: this.reasonings[attempt]?.length ?? 0, attempt };
    this.entries.push({ at, ...ends, event: isDelta ? event.type : event });
  }
}

/** A part of a generation's log on its way to another replica. `from`: how many events of this epoch stand before it. */
export interface LogPart {
  readonly epoch: number;
  readonly from: number;
  readonly events: readonly GenerationEvent[];
  readonly closed: boolean;
}

export interface MemoryEventLog extends EventLog {
  /** `isCopy`: another replica writes it, and this log may lag behind. */
  open(generationId: string, epoch: number, isCopy?: boolean): void;
  /** The events after the first `from`, at most so many, one by one; `closed` where they are the last. Undefined for an unknown log. */
  since(generationId: string, from: number, most: number): LogPart | undefined;
}

/** The event log of one process. Merging on pull: a reader costs nothing but its place. */
export function memoryEventLog({
  snapshotBound = 65_536,
  keep = 1_000,
  keepMs = 600_000,
  now = Date.now,
}: MemoryEventLogOptions = {}): MemoryEventLog {
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

    open(generationId, epoch, isCopy = false) {
      const former = logs.get(generationId);
      if (former && former.epoch >= epoch) return;
      logs.set(generationId, new Log(generationId, epoch, isCopy));
      forget();
      former?.wake();
    },

    append(generationId, epoch, event) {
      const log = writable(generationId, epoch);
      if (!log) return false;
      const first = log.text === '';
      log.add(event, now());
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

    since(generationId, from, most) {
      const log = logs.get(generationId);
      if (!log) return undefined;
      const to = Math.min(log.entries.length, from + most);
      return { epoch: log.epoch, from, events: log.events(from, to), closed: log.closed && to === log.entries.length };
    },

    abandon(generationId, epoch) {
      const log = logs.get(generationId);
      if (log?.epoch !== epoch) return;
      logs.delete(generationId);
      log.closed = true;
      log.wake();
    },

    isWhole: (generationId) => logs.get(generationId)?.closed === true,

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
  /** The store served the reader of this attempt, at cursors above all that the log has: only the next attempt is for it. */
  let isOver = false;

  const startAt = (place: Cursor | null) => {
    isOver = place !== null && place.epoch === log.epoch && place.position >= STORED_TEXT - 1;
    // A copy may lag behind what the reader got where the log is written.
    const end = log.isCopy && !log.closed ? STORED_TEXT - 2 : log.entries.length;
    const known = place !== null && place.epoch === log.epoch && place.position <= end;
    position = known ? place.position : 0;
    wantsSnapshot = place !== null && !known;
    if (wantsSnapshot) position = lastTextEntry(log);
  };
  startAt(cursor);

  const take = (): LoggedEvent | undefined => {
    if (isOver) return undefined;
    if (wantsSnapshot) {
      wantsSnapshot = false;
      if (position > 0) return log.merged(0, position, true);
    }
    if (position >= log.entries.length) return undefined;
    const from = position;
    position += 1;
    while (log.areOne(log.entries[from], log.entries[position])) position += 1;
    const begin = log.entries[from - 1]?.end ?? 0;
    const end = log.entries[position - 1]?.end ?? 0;
    return log.merged(from, position, log.entries[from]?.event === 'text-delta' && end - begin > snapshotBound);
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
    if (event === 'text-delta' || (typeof event === 'object' && event.type === 'text-snapshot')) return index;
  }
  return 0;
}
