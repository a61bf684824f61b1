import { notFound } from '../errors.ts';
import type { LoggedEvent } from '../events.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { GenerationRecord, Store } from '../ports/store.ts';
import { isTerminal } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { storedStream } from './stored-stream.ts';

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
export function generationEvents(store: Store, log: EventLog): ReadEvents {
  return async (viewer, given, cursor, signal) => {
    const generation = typeof given === 'string' ? await store.generations.get(viewer, given) : given;
    if (generation?.viewerId !== viewer.id) throw notFound('Generation');
    const { id: generationId } = generation;
    const fromStore = (after: string | null) => storedStream(store, viewer, generation, after, signal);
    const events = await log.read(generationId, cursor, signal);
    if (!events) return fromStore(cursor);
    if (!log.shared) return events;
    const hasEnded = async () => {
      const now = await store.generations.get(viewer, generationId).catch(() => null);
      return now !== null && isTerminal(now.status);
    };
    return toTheEnd({ events, cursor, signal, hasEnded, fromStore });
  };
}

/** After this many milliseconds without an event, the reader asks the store whether the generation has ended. */
const SILENCE = 2_000;

const ENDS: ReadonlySet<string> = new Set(['generation-completed', 'generation-failed', 'generation-cancelled']);

/** The log's events, and where it falls silent or breaks off before the terminal event, the rest as the store tells it. */
async function* toTheEnd({
  events,
  cursor,
  signal,
  hasEnded,
  fromStore,
}: {
  readonly events: AsyncIterableIterator<LoggedEvent>;
  readonly cursor: string | null;
  readonly signal: AbortSignal;
  readonly hasEnded: () => Promise<boolean>;
  readonly fromStore: (after: string | null) => AsyncIterableIterator<LoggedEvent>;
}): AsyncIterableIterator<LoggedEvent> {
  let last = cursor;
  let ended = false;
  let heard = Date.now();
  const watch = setInterval(async () => {
    if (ended || Date.now() - heard < SILENCE) return;
    heard = Date.now();
    if (await hasEnded()) await events.return?.();
  }, SILENCE / 2);
  watch.unref();
  try {
    for await (const logged of events) {
      heard = Date.now();
      last = logged.cursor;
      ended ||= ENDS.has(logged.event.type);
      yield logged;
    }
  } finally {
    clearInterval(watch);
  }
  if (!ended && !signal.aborted) yield* fromStore(last);
}
