/** What the tests of event logs share: the logs with their servers, short events, and readers that are cut off. */
import { randomUUID } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { notifyEventLog } from '../../src/adapters/postgres/event-log.ts';
import { connectNotifications, type Notifications } from '../../src/adapters/postgres/notifications.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisEventLog } from '../../src/adapters/redis/event-log.ts';
import { describeWith } from './services.ts';
import { scratchDatabase } from './stores.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';
const POSTGRES_URL = process.env['POSTGRES_URL'] ?? '';
/** Keys of this run alone: other tests use the same server. */
const PREFIX = `test-${randomUUID()}:`;

/** `snapshotBound`: UTF-16 code units of unread text past which a reader gets a snapshot. */
export type MakeLog = (options?: { readonly snapshotBound?: number }) => EventLog | Promise<EventLog>;

/** Runs a suite over the log in Redis. Each call of `make` gives another replica's. */
export function describeRedisLog(suite: (make: MakeLog) => void): void {
  describeWith(
    'the event log in Redis (REDIS_URL)',
    Boolean(REDIS_URL),
    'set REDIS_URL: scripts/services/services up redis',
    () => {
      const redis = connectRedis(REDIS_URL, { deadlineFactor: 10 });
      afterAll(() => redis.stop());
      suite((options) => redisEventLog(redis, { ...options, prefix: PREFIX }));
    },
  );
}

/**
 * Runs a suite over the log that PostgreSQL's NOTIFY carries. Each call of `make` gives another replica's. The database is the
 * suite's own: a test that ends its connections ends nobody else's.
 */
export function describeNotifyLog(suite: (make: MakeLog, url: () => string) => void): void {
  describeWith(
    'the event log over PostgreSQL’s NOTIFY (POSTGRES_URL)',
    Boolean(POSTGRES_URL),
    'set POSTGRES_URL: scripts/services/services up postgres',
    () => {
      let database: Awaited<ReturnType<typeof scratchDatabase>>;
      const connections: Notifications[] = [];
      beforeAll(async () => {
        database = await scratchDatabase(POSTGRES_URL);
      });
      afterEach(async () => {
        for (const connection of connections.splice(0)) await connection.stop();
      });
      afterAll(() => database.drop());
      const make: MakeLog = async (options) => {
        const notifications = connectNotifications(database.url);
        connections.push(notifications);
        await notifications.connected;
        return notifyEventLog(notifications, options);
      };
      suite(make, () => database.url);
    },
  );
}

export const delta = (text: string): GenerationEvent => ({ type: 'text-delta', text, offset: 0 });
export const started: GenerationEvent = {
  type: 'generation-started',
  conversationId: 'c',
  userMessageId: 'u',
  assistantMessageId: 'a',
  attempt: 1,
};
export const failed: GenerationEvent = {
  type: 'generation-failed',
  error: { code: 'INTERRUPTED', message: '', retryable: true },
};

/** A client's text after these events. */
export function textOf(events: readonly LoggedEvent[], held = ''): string {
  return events.reduce((text, { event }) => {
    if (event.type === 'text-snapshot') return event.text;
    if (event.type !== 'text-delta') return text;
    expect(event.offset).toBe(text.length);
    return text + event.text;
  }, held);
}

/** Words of several bytes a character, and of two code units. */
export const wordsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `词${index}😀 `);

/** Appends the words, some of them in one turn of the event loop, then `failed`, and closes the log. */
export async function write(log: EventLog, id: string, words: readonly string[]): Promise<void> {
  for (const word of words) {
    void log.append(id, 1, delta(word));
    if (Math.random() < 0.3) await turnOfTheLoop();
  }
  void log.append(id, 1, failed);
  log.close(id, 1);
}

/**
 * Events up to `failed` by a reader that is cut after one to five events, and then resumes with its last cursor. `read` opens the
 * reading of a round, counted from 0; undefined where the log is not there yet.
 */
export async function* readInPieces(
  read: (cursor: string | null, signal: AbortSignal, round: number) => Promise<AsyncIterable<LoggedEvent> | undefined>,
): AsyncGenerator<LoggedEvent> {
  let cursor: string | null = null;
  for (let round = 0, ended = false; !ended; round += 1) {
    const cut = new AbortController();
    let left = 1 + Math.floor(Math.random() * 5);
    for await (const logged of (await read(cursor, cut.signal, round)) ?? []) {
      yield logged;
      cursor = logged.cursor;
      ended = logged.event.type === 'generation-failed';
      left -= 1;
      if (left === 0) cut.abort();
    }
  }
}
