import { notFound } from '../errors.ts';
import type { LoggedEvent } from '../events.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import { storedStream } from './stored-stream.ts';

/** Reads a generation's events from `cursor` on. Rejects with NOT_FOUND where the generation is not the viewer's. */
export type ReadEvents = (
  viewer: Viewer,
  generationId: string,
  cursor: string | null,
  signal: AbortSignal,
) => Promise<AsyncIterableIterator<LoggedEvent>>;

/** The one place that decides who may read a generation: a client, and a turn that follows another. */
export function generationEvents(store: Store, log: EventLog): ReadEvents {
  return async (viewer, generationId, cursor, signal) => {
    const generation = await store.generations.get(viewer, generationId);
    if (!generation) throw notFound('Generation');
    return (await log.read(generationId, cursor, signal)) ?? storedStream(store, viewer, generation, cursor, signal);
  };
}
