import { expect, test } from 'vitest';
import type { LoggedEvent } from '../events.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { GenerationRecord, MessageRecord, Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import { STORED_END } from './cursor.ts';
import { generationEvents } from './generation-events.ts';

const VIEWER: Viewer = { id: 'v', subject: 'ann', tenant: 'home', role: 'USER' };
const generation = {
  ...{ id: 'g', viewerId: 'v', messageId: 'm', epoch: 1, status: 'STREAMING', startedAt: new Date(), error: null },
} as unknown as GenerationRecord;
const logged = (position: number, text: string, offset: number): LoggedEvent => ({
  ...{ cursor: `1-${position}`, generationId: 'g', at: 0 },
  event: { type: 'text-delta', text, offset },
});

/** A log that falls silent after its events, as where its writer cannot reach Redis; and a store that goes on. */
function silentLog(told: readonly LoggedEvent[] = [logged(1, 'so far', 0)]): EventLog {
  async function* events(signal: AbortSignal) {
    yield* told;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  return {
    shared: true,
    isWhole: () => false,
    async read(_id: string, _cursor: string | null, signal: AbortSignal) {
      const leaving = new AbortController();
      const inner = events(AbortSignal.any([signal, leaving.signal]));
      return Object.assign(inner, {
        async return() {
          leaving.abort();
          return { done: true as const, value: undefined };
        },
      });
    },
  } as unknown as EventLog;
}

test('a reader whose log has fallen silent goes on from the store while the generation runs', async () => {
  const stored: { content: string; status: MessageRecord['status'] } = { content: 'so far', status: 'STREAMING' };
  const store = {
    shared: true,
    generations: { get: async () => generation },
    messages: { get: async () => ({ ...stored, id: 'm', reasoning: null, generation }) },
  } as unknown as Store;
  const read = generationEvents(store, silentLog(), { silenceMs: 20 });
  const seen: LoggedEvent[] = [];
  const leaving = new AbortController();
  for await (const event of await read(VIEWER, generation, null, leaving.signal)) {
    seen.push(event);
    if (seen.length === 1) stored.content = 'so far, and more';
    if (event.event.type === 'text-snapshot')
      Object.assign(stored, { content: 'so far, and more.', status: 'COMPLETE' });
  }
  expect(seen.map(({ event }) => event.type)).toEqual([
    ...['text-delta', 'text-snapshot', 'text-delta', 'generation-completed'],
  ]);
  expect(seen.at(-1)?.cursor).toBe(`1-${STORED_END}`);
});

test('what a reader has heard counts on when its log is read again: silent then, it goes to the store at the first look', async () => {
  const silent = silentLog([]);
  let reads = 0;
  const log = {
    ...silent,
    async read(...parameters: Parameters<EventLog['read']>) {
      reads += 1;
      if (reads > 1) return silent.read(...parameters);
      return [logged(0, 'so', 0), logged(1, ' far', 2)].values() as unknown as ReturnType<EventLog['read']>;
    },
  } as EventLog;
  const stored = { content: 'so far, and more', status: 'STREAMING' };
  const store = {
    shared: true,
    generations: { get: async () => generation },
    messages: { get: async () => ({ ...stored, id: 'm', reasoning: null, generation }) },
  } as unknown as Store;
  const leaving = new AbortController();
  const seen: LoggedEvent[] = [];
  for await (const event of await generationEvents(store, log, { silenceMs: 20 })(
    VIEWER,
    generation,
    null,
    leaving.signal,
  )) {
    seen.push(event);
    if (event.event.type === 'text-snapshot') break;
  }
  expect(seen.at(-1)?.event).toMatchObject({ type: 'text-snapshot', text: 'so far, and more' });
});
