import type { GenerationEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { parseCursor } from '#core/turn/cursor.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { Log } from './log.ts';
import { logReader } from './log-reader.ts';

export interface MemoryEventLogOptions {
  /** UTF-16 code units of unread text past which a reader gets the whole text instead of the rest. */
  readonly snapshotBound?: number;
  /** Number of ended logs kept for late readers, and their lifetime in milliseconds. */
  readonly keep?: number;
  readonly keepMs?: number;
  readonly now?: () => number;
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
  const queue = new DeliveryQueue();

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
      const first = log.length === 0;
      log.add(event, now());
      // The first token goes out at once; what follows before its readers' turn goes out together.
      if (log.waiting.size > 0) {
        if (first) log.wake();
        else queue.add(log);
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
      return log && logReader(logs, log, parseCursor(cursor), snapshotBound, signal);
    },

    since(generationId, from, most) {
      const log = logs.get(generationId);
      if (!log) return undefined;
      const to = Math.min(log.size, from + most);
      return { epoch: log.epoch, from, events: log.events(from, to), closed: log.closed && to === log.size };
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
