import { notFound } from '../errors.ts';
import type { GenerationEvent, LoggedEvent } from '../events.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { GenerationRecord, Store } from '../ports/store.ts';
import type { StoreWatch } from '../runtime/store-watch.ts';
import { isTerminal } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { type Cursor, parseCursor, STORED_TEXT } from './cursor.ts';
import { type StoredMessages, storedStream } from './stored-stream.ts';

/**
 * Reads a generation's events from `cursor` on. Rejects with NOT_FOUND where the generation is not the viewer's. Where the caller
 * holds the record, as after beginning a turn, the store is not asked for it.
 */
export type ReadEvents = (
  viewer: Viewer,
  generation: string | GenerationRecord,
  cursor: string | null,
  signal: AbortSignal,
) => Promise<AsyncIterableIterator<LoggedEvent>>;

/** The one place that decides who may read a generation: a client, and a turn that follows another. */
export function generationEvents(
  store: Store,
  log: EventLog,
  { watch, silenceMs = SILENCE }: GenerationEventsOptions = {},
): ReadEvents {
  const read = readsOf(store, watch);
  return async (viewer, given, cursor, signal) => {
    const generation = typeof given === 'string' ? await read.generations.get(viewer, given) : given;
    if (generation?.viewerId !== viewer.id) throw notFound('Generation');
    const ended = isTerminal(generation.status);
    const first = isOfStore(parseCursor(cursor), generation)
      ? undefined
      : await log.read(generation.id, cursor, signal, { ended });
    if (first && !store.shared) return first;
    return toTheEnd({ read, watch, log, viewer, generation, signal, silenceMs }, cursor, first);
  };
}

export interface GenerationEventsOptions {
  /** Readers are told at once where the database is away, for another server may have it. */
  readonly watch?: StoreWatch | undefined;
  readonly silenceMs?: number;
}

/** What is read of the store for a reader of events. */
function readsOf({ generations, messages }: Store, watch: StoreWatch | undefined): Reads {
  if (!watch) return { generations, messages };
  return {
    generations: { get: (viewer, id) => watch.guard(() => generations.get(viewer, id)) },
    messages: { get: (viewer, id) => watch.guard(() => messages.get(viewer, id)) },
  };
}

/** A reader whom the store served is served by it until the next attempt: the log's cursors of this one are below. */
const isOfStore = (place: Cursor | null, { epoch }: GenerationRecord): boolean =>
  place !== null && place.epoch === epoch && place.position >= STORED_TEXT - 1;

interface Reads extends StoredMessages {
  readonly generations: Pick<Store['generations'], 'get'>;
}

interface Reading {
  readonly read: Reads;
  readonly watch: StoreWatch | undefined;
  readonly log: EventLog;
  readonly viewer: Viewer;
  readonly generation: GenerationRecord;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
}

type Events = AsyncIterableIterator<LoggedEvent>;

/** After this many milliseconds without an event, the reader asks the store whether there is more. */
const SILENCE = 2_000;

const ENDS: ReadonlySet<string> = new Set(['generation-completed', 'generation-failed', 'generation-cancelled']);

/**
 * The log's events. Where it breaks off before the terminal event, the log of the replica that took the generation over; where
 * there is none, the store's text, until another replica runs the generation or it has ended.
 */
async function* toTheEnd(reading: Reading, cursor: string | null, first: Events | undefined): Events {
  const { read, log, viewer, generation, signal } = reading;
  let last = cursor;
  let ended = false;
  const silence: Silence = { over: false, heard: Date.now(), known: null };
  const noting = async function* (events: Events): Events {
    for await (const logged of events) {
      last = logged.cursor;
      silence.heard = Date.now();
      silence.known = textLength(logged.event) ?? silence.known;
      ended ||= ENDS.has(logged.event.type);
      yield logged;
    }
  };
  for (let events = first; ; events = await log.read(generation.id, last, signal)) {
    const before = last;
    if (events) yield* noting(untilSilent(events, reading, silence, () => ended));
    if (ended || signal.aborted || (events && log.isWhole(generation.id))) return;
    if (last !== before && !silence.over) continue;
    yield* noting(storedStream(read, viewer, generation, last, signal));
    if (ended || signal.aborted) return;
    const now = await read.generations.get(viewer, generation.id);
    if (!now) return;
    if (!isTerminal(now.status)) continue;
    // It ended meanwhile, or before: a reader whose cursor is at the end gets nothing more.
    yield* noting(storedStream(read, viewer, generation, last, signal));
    return;
  }
}

/** What a reader has heard, whichever log or store told it. */
interface Silence {
  /** The log has less than the store. */
  over: boolean;
  /** `Date.now()` of the last event, or of the last look at the store after it. */
  heard: number;
  /** Length of the text that the events told, else of what the store had at the look before. */
  known: number | null;
}

/**
 * The events; ends, with `silence.over`, where none come any more and the store has more: the end of the generation, or text that
 * the log's writer could not put into the log. Ends so too where the database has been away for longer than a lease: the store's error then
 * sends the reader to another server.
 */
async function* untilSilent(
  events: Events,
  { read, watch, viewer, generation, silenceMs }: Reading,
  silence: Silence,
  hasEnded: () => boolean,
): Events {
  const leave = async () => {
    silence.over = true;
    await events.return?.();
  };
  const looking = setInterval(async () => {
    if (hasEnded() || Date.now() - silence.heard < silenceMs) return;
    const looked = Date.now();
    silence.heard = looked;
    const message = await read.messages.get(viewer, generation.messageId).catch(() => undefined);
    if (silence.heard !== looked) return;
    if (watch?.awayForLong) return leave();
    if (message === undefined) return;
    const { known } = silence;
    const more = message === null || isTerminal(message.status) || (known !== null && message.content.length > known);
    silence.known ??= message?.content.length ?? null;
    if (more) await leave();
  }, silenceMs / 2);
  looking.unref();
  try {
    yield* events;
  } finally {
    clearInterval(looking);
  }
}

/** Of the text so far; null where the event says nothing of it. */
function textLength(event: GenerationEvent): number | null {
  if (event.type === 'text-snapshot') return event.text.length;
  return event.type === 'text-delta' ? event.offset + event.text.length : null;
}
