import type { GenerationEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { within } from '#core/runtime/deadline.ts';
import { parseCursor } from '#core/turn/cursor.ts';
import { LogCopy, logPart, withDates } from '../log-copy.ts';
import { type LogPart, type MemoryEventLogOptions, memoryEventLog } from '../memory/event-log.ts';
import { LogTeller } from './log-teller.ts';
import type { Notifications } from './notifications.ts';

/** Channels: who asks for a log, and parts of logs. */
const FOLLOW = 'parley_follow';
const LOG = 'parley_log';

/** Milliseconds that a reader waits for another replica's log; then the store tells it. */
const PATIENCE = 600;
/** Waited for in slices: a process that was busy longer than all of it has the answer in its socket still. */
const SLICE = 60;
const ASK_AGAIN = 80;
/** So often a follower says that it is still there, and what it has. */
const REMIND = 5_000;
/** Milliseconds without an event after which a log is followed no longer: readers who are still there begin again. */
const LONGEST_SILENCE = 60_000;

interface Following {
  readonly copy: LogCopy;
  readonly begun: Promise<boolean>;
  readonly begin: (found: boolean) => void;
  asked: number;
}

/**
 * The event log of replicas that share PostgreSQL alone: in memory where the generation runs. A replica that has a reader of it asks
 * for it by NOTIFY, and is sent all of it, then each event as it comes. Without readers elsewhere nothing is sent. What is lost on
 * the way is asked for again; where nobody answers, readers go on from the store.
 */
export function notifyEventLog(notifications: Notifications, options: MemoryEventLogOptions = {}): EventLog {
  const log = memoryEventLog(options);
  /** Epochs of generations that ran here and are still known, for other replicas that ask. */
  const owned = new Map<string, number>();
  const following = new Map<string, Following>();
  const teller = new LogTeller(log, (parts) =>
    notifications.send(parts.map((part) => ({ channel: LOG, text: JSON.stringify(packed(part)) }))),
  );

  const ask = (ids: readonly string[]) => {
    const asked = ids.flatMap((id) => {
      const followed = following.get(id);
      return followed
        ? [{ channel: FOLLOW, text: JSON.stringify([id, followed.copy.epoch, followed.copy.position]) }]
        : [];
    });
    if (asked.length > 0) notifications.send(asked).catch(() => undefined);
  };

  const end = (id: string, whole = false) => {
    const followed = following.get(id);
    if (!following.delete(id)) return;
    followed?.copy.end(whole);
    followed?.begin(false);
  };

  const follow = async (id: string): Promise<boolean> => {
    const known = following.get(id);
    if (known) return known.begun;
    const { promise: begun, resolve: begin } = Promise.withResolvers<boolean>();
    following.set(id, { copy: new LogCopy(id, log), begun, begin, asked: Date.now() });
    ask([id]);
    const again = setInterval(() => ask([id]), ASK_AGAIN);
    let found: boolean | undefined;
    for (let waited = 0; found === undefined && waited < PATIENCE; waited += SLICE) found = await within(SLICE, begun);
    clearInterval(again);
    if (found === undefined) end(id);
    return found ?? false;
  };

  const stops = [
    notifications.listen(FOLLOW, (text) => {
      const [id, epoch, position] = parsed(text) as [string, number, number];
      if (owned.has(id)) teller.follow(id, owned.get(id) === epoch ? position : 0);
    }),
    notifications.listen(LOG, (text) => {
      const { id, ...part } = unpacked(parsed(text));
      const own = owned.get(id);
      if (own !== undefined && part.epoch > own) lose(id, own);
      const followed = following.get(id);
      if (!followed) return;
      const outcome = followed.copy.take(part);
      if (followed.copy.epoch > 0) followed.begin(true);
      if (outcome === 'whole') end(id, true);
      if (outcome !== 'broken' || Date.now() - followed.asked < ASK_AGAIN) return;
      followed.asked = Date.now();
      ask([id]);
    }),
  ];
  const remind = () => ask([...following.keys()]);
  notifications.onReconnect(remind);
  const timer = setInterval(() => {
    for (const [id, { copy }] of following) if (Date.now() - copy.heard > LONGEST_SILENCE) end(id);
    for (const id of owned.keys()) if (!log.since(id, 0, 0)) owned.delete(id);
    remind();
  }, REMIND);
  timer.unref();

  /** Another replica runs it: this one's events count no more. */
  const lose = (id: string, epoch: number) => {
    if (owned.get(id) === epoch) owned.delete(id);
    teller.forget(id);
    log.abandon(id, epoch);
  };

  return {
    shared: true,

    open(id, epoch) {
      if ((owned.get(id) ?? 0) >= epoch) return;
      end(id);
      log.open(id, epoch);
      owned.set(id, epoch);
      // Readers of the attempt before wait for this one.
      if (epoch > 1) teller.follow(id, 0);
    },

    append(id, epoch, event) {
      const taken = log.append(id, epoch, event);
      if (taken) teller.changed(id);
      return taken;
    },

    close(id, epoch) {
      log.close(id, epoch);
      if (owned.get(id) === epoch) teller.changed(id);
    },

    abandon: lose,

    async read(id, cursor, signal, { ended = false } = {}) {
      parseCursor(cursor);
      const here = await log.read(id, cursor, signal);
      if (here || ended) return here;
      return (await follow(id)) ? log.read(id, cursor, signal) : undefined;
    },

    isWhole: (id) => log.isWhole(id),

    async stop() {
      clearInterval(timer);
      for (const stop of stops) stop();
      await within(PATIENCE, teller.settled());
      for (const id of [...following.keys()]) end(id);
      await log.stop();
    },
  };
}

type Told = LogPart & { readonly id: string };

/** Deltas as their text alone: where they stand follows from the order. */
const packed = ({ events, ...part }: Told) => ({
  ...part,
  events: events.map((event) => (event.type === 'text-delta' ? event.text : event)),
});

function unpacked(value: unknown): Told {
  const { id = '' } = (value ?? {}) as { id?: string };
  const part = logPart(value) ?? NOTHING;
  const events = part.events.map(
    (event: GenerationEvent | string): GenerationEvent =>
      typeof event === 'string' ? { type: 'text-delta', text: event, offset: 0 } : event,
  );
  return { ...part, id, events };
}
const NOTHING: LogPart = { epoch: 0, from: 0, events: [], closed: false };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, withDates);
  } catch {
    return [];
  }
}
