import { randomUUID } from 'node:crypto';
import { setTimeout as sleep, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import type { EvaluationRecord } from '#core/records.ts';
import { formatCursor, STORED_TEXT } from '#core/turn/cursor.ts';
import type { Passage } from '#core/turn.ts';
import { memoryEventLog } from '../../src/adapters/memory/event-log.ts';
import { notifyEventLog } from '../../src/adapters/postgres/event-log.ts';
import { connectNotifications, type Notifications } from '../../src/adapters/postgres/notifications.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisEventLog } from '../../src/adapters/redis/event-log.ts';
import { never } from '../support/models.ts';
import { describeWith } from '../support/services.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';
const POSTGRES_URL = process.env['POSTGRES_URL'] ?? '';
/** Keys of this run alone: other tests use the same server. */
const PREFIX = `test-${randomUUID()}:`;

const delta = (text: string): GenerationEvent => ({ type: 'text-delta', text, offset: 0 });
const started: GenerationEvent = {
  type: 'generation-started',
  conversationId: 'c',
  userMessageId: 'u',
  assistantMessageId: 'a',
  attempt: 1,
};
const failed: GenerationEvent = {
  type: 'generation-failed',
  error: { code: 'INTERRUPTED', message: '', retryable: true },
};

/** A client's text after these events. */
function textOf(events: readonly LoggedEvent[], held = ''): string {
  return events.reduce((text, { event }) => {
    if (event.type === 'text-snapshot') return event.text;
    if (event.type !== 'text-delta') return text;
    expect(event.offset).toBe(text.length);
    return text + event.text;
  }, held);
}

/** `snapshotBound`: UTF-16 code units of unread text past which a reader gets a snapshot. */
type Make = (options?: { readonly snapshotBound?: number }) => EventLog | Promise<EventLog>;

/** The port's contract, run over one implementation. Each test uses its own generations. */
function contract(name: string, make: Make): void {
  describe(`the event log in ${name}`, () => {
    const made: EventLog[] = [];
    const open: Make = async (options) => {
      const log = await make(options);
      made.push(log);
      return log;
    };
    const reader = async (log: EventLog, id: string, cursor: string | null = null, signal = never()) => {
      const events = await log.read(id, cursor, signal);
      if (!events) throw new Error(`the log of ${id} is not known`);
      return events;
    };
    let count = 0;
    const newId = () => {
      count += 1;
      return `generation-${process.pid}-${count}`;
    };
    afterEach(async () => {
      for (const log of made.splice(0)) await log.stop();
    });

    test('merges adjacent deltas that queued up, and keeps other events apart', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      for (const event of [started, delta('a'), delta('b'), failed]) await log.append(id, 1, event);
      log.close(id, 1);
      const events = await Array.fromAsync(await reader(log, id));
      expect(events.map(({ event }) => event.type)).toEqual(['generation-started', 'text-delta', 'generation-failed']);
      expect(textOf(events)).toBe('ab');
      expect(events.every(({ generationId }) => generationId === id)).toBe(true);
    });

    test('merges reasoning as it merges text; another model’s begins anew', async () => {
      const [log, id] = [await open({ snapshotBound: 3 }), newId()];
      log.open(id, 1);
      const reasoning = (text: string, offset: number): GenerationEvent => ({ type: 'reasoning-delta', text, offset });
      await log.append(id, 1, reasoning('Let', 0));
      const slow = await reader(log, id);
      expect((await slow.next()).value?.event).toEqual(reasoning('Let', 0));
      const queued = [
        reasoning(' me', 3),
        reasoning(' think', 6),
        reasoning('An', 0),
        reasoning('other', 2),
        delta('a'),
      ];
      for (const event of [...queued, delta('b'), reasoning('!', 7), failed]) await log.append(id, 1, event);
      log.close(id, 1);
      const expected = [reasoning(' me think', 3), reasoning('Another', 0), delta('ab'), reasoning('!', 7), failed];
      expect((await Array.fromAsync(slow)).map(({ event }) => event)).toEqual(expected);
    });

    test('keeps the order of calls that are not awaited', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      const words = Array.from({ length: 100 }, (_, index) => `${index} `);
      for (const word of words) void log.append(id, 1, delta(word));
      log.close(id, 1);
      expect(textOf(await Array.fromAsync(await reader(log, id)))).toBe(words.join(''));
    });

    test('a reader that is cut anywhere and resumes with its last cursor holds exactly the text', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      await log.append(id, 1, started);
      const words = Array.from({ length: 200 }, (_, index) => `词${index}😀 `);
      const writer = (async () => {
        for (const word of words) {
          void log.append(id, 1, delta(word));
          if (Math.random() < 0.3) await turnOfTheLoop();
        }
        await log.append(id, 1, failed);
        log.close(id, 1);
      })();
      const seen = new Set<string>();
      let cursor: string | null = null;
      let held = '';
      for (let ended = false; !ended; ) {
        const cut = new AbortController();
        let left = Math.ceil(Math.random() * 5);
        for await (const logged of await reader(log, id, cursor, cut.signal)) {
          expect(seen.has(logged.cursor)).toBe(false);
          seen.add(logged.cursor);
          held = textOf([logged], held);
          cursor = logged.cursor;
          ended = logged.event.type === 'generation-failed';
          left -= 1;
          if (left === 0) cut.abort();
        }
      }
      await writer;
      expect(held).toBe(words.join(''));
    });

    test('cursors rise, and readers side by side are given equal events', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      const readers = [await reader(log, id), await reader(log, id)];
      let last = 0;
      for (const text of ['x', 'y', 'z']) {
        const pulled = readers.map((one) => one.next());
        await log.append(id, 1, delta(text));
        const [first, second] = await Promise.all(pulled);
        expect(first?.value).toEqual(second?.value);
        const place = Number(first?.value?.cursor.split('-')[1]);
        expect(place).toBeGreaterThan(last);
        last = place;
      }
    });

    test('past the bound a reader that fell behind gets the whole text instead of the rest', async () => {
      const [log, id] = [await open({ snapshotBound: 10 }), newId()];
      log.open(id, 1);
      await log.append(id, 1, delta('begin '));
      const slow = await reader(log, id);
      await slow.next();
      for (let index = 0; index < 20; index += 1) await log.append(id, 1, delta('x'));
      const { value } = await slow.next();
      expect(value?.event).toEqual({ type: 'text-snapshot', text: `begin ${'x'.repeat(20)}`, attempt: 1 });
    });

    test('a cursor of another log starts with the whole text, and a string that is no cursor is refused', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 2);
      await log.append(id, 2, delta('abc'));
      log.close(id, 2);
      const [first] = await Array.fromAsync(await reader(log, id, '1-7'));
      expect(first?.event).toMatchObject({ type: 'text-snapshot', text: 'abc' });
      await expect(log.read(id, 'nonsense', never())).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    test('a reader whom the store served gets nothing more of that attempt, whose cursors are lower, and all of the next', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      for (const event of [started, delta('a')]) await log.append(id, 1, event);
      const events = await reader(log, id, formatCursor(1, STORED_TEXT + 7));
      const first = events.next();
      await log.append(id, 1, delta('b'));
      await sleep(50);
      log.open(id, 2);
      const again: GenerationEvent = { type: 'text-snapshot', text: '', attempt: 2 };
      for (const event of [{ ...started, attempt: 2 }, again, delta('c'), failed]) await log.append(id, 2, event);
      log.close(id, 2);
      const { value } = await first;
      const all = [...(value ? [value] : []), ...(await Array.fromAsync(events))];
      expect(all.map(({ cursor }) => cursor)).toEqual(['2-1', '2-2', '2-3', '2-4']);
      expect(textOf(all)).toBe('c');
    });

    test('refuses a writer of an older epoch, and its readers continue with the newer log', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      await log.append(id, 1, delta('old'));
      const following = await reader(log, id);
      await following.next();
      log.open(id, 2);
      expect(await log.append(id, 1, delta('!'))).toBe(false);
      expect(await log.append(id, 2, { type: 'text-snapshot', text: 'new', attempt: 2 })).toBe(true);
      expect((await following.next()).value?.event).toMatchObject({ text: 'new' });
      log.open(id, 1);
      expect(await log.append(id, 1, delta('!'))).toBe(false);
    });

    test('an aborted reader ends at once, and a closed log ends its waiting readers and refuses what comes', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      const cut = new AbortController();
      const [aborted, waiting] = [await reader(log, id, null, cut.signal), await reader(log, id)];
      const results = [aborted.next(), waiting.next()];
      cut.abort();
      expect((await results[0])?.done).toBe(true);
      log.close(id, 1);
      expect((await results[1])?.done).toBe(true);
      expect(await log.append(id, 1, delta('late'))).toBe(false);
    });

    test('a reader that returns early ends, and the others continue', async () => {
      const [log, id] = [await open(), newId()];
      log.open(id, 1);
      const [leaving, staying] = [await reader(log, id), await reader(log, id)];
      const pulled = staying.next();
      await leaving.return?.();
      await log.append(id, 1, delta('x'));
      expect((await pulled).done).toBe(false);
      expect((await leaving.next()).done).toBe(true);
    });

    test('a log that was never opened is not known, and stopping ends every reader', async () => {
      const [log, id] = [await open(), newId()];
      expect(await log.read(id, null, never())).toBeUndefined();
      log.open(id, 1);
      const pulled = (await reader(log, id)).next();
      await log.stop();
      expect((await pulled).done).toBe(true);
    });
  });
}

/** What the port promises besides where replicas share it; each call of `make` is another replica's. */
function replicaContract(make: Make): void {
  test('a reader on another replica gets the same events at the same cursors, and resumes here and there', async () => {
    const [here, there] = [await make(), await make()];
    const id = `moving-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, started);
    const words = Array.from({ length: 300 }, (_, index) => `词${index}😀 `);
    const writer = (async () => {
      for (const word of words) {
        void here.append(id, 1, delta(word));
        if (Math.random() < 0.3) await turnOfTheLoop();
      }
      void here.append(id, 1, failed);
      here.close(id, 1);
    })();
    let held = '';
    let cursor: string | null = null;
    for (let round = 0, ended = false; !ended; round += 1) {
      const cut = new AbortController();
      let left = 1 + Math.floor(Math.random() * 5);
      const events = await (round % 2 ? here : there).read(id, cursor, cut.signal);
      if (!events) continue; // the stream is not there yet
      for await (const logged of events) {
        held = textOf([logged], held);
        cursor = logged.cursor;
        ended = logged.event.type === 'generation-failed';
        left -= 1;
        if (left === 0) cut.abort();
      }
    }
    await writer;
    expect(held).toBe(words.join(''));
    await Promise.all([here.stop(), there.stop()]);
  });

  test('a writer of an older epoch is refused by the server, and readers elsewhere go on with the newer log', async () => {
    const [here, there] = [await make(), await make()];
    const id = `taken-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, delta('old'));
    await expect.poll(async () => Boolean(await there.read(id, null, never()))).toBe(true);
    there.open(id, 2);
    void there.append(id, 2, { type: 'text-snapshot', text: 'new', attempt: 2 });
    await turnOfTheLoop();
    void here.append(id, 1, delta('!'));
    await expect.poll(() => here.append(id, 1, delta('!'))).toBe(false);
    void there.append(id, 2, failed);
    there.close(id, 2);
    const third = await make();
    const events = await Array.fromAsync((await third.read(id, null, never())) ?? []);
    expect(textOf(events)).toBe('new');
    await Promise.all([here.stop(), there.stop(), third.stop()]);
  });

  test('instants in events are dates on the other replica too', async () => {
    const [here, there] = [await make(), await make()];
    const id = `dates-${randomUUID()}`;
    const createdAt = new Date(1_790_000_000_000);
    const evaluation = { id: 'e', messageId: null, createdAt } as unknown as EvaluationRecord;
    here.open(id, 1);
    void here.append(id, 1, { type: 'evaluation-added', evaluation });
    here.close(id, 1);
    await expect.poll(async () => Boolean(await there.read(id, null, never()))).toBe(true);
    const [event] = await Array.fromAsync((await there.read(id, null, never())) ?? []);
    expect(event?.event).toEqual({ type: 'evaluation-added', evaluation });
    await Promise.all([here.stop(), there.stop()]);
  });

  test('a long log, and events larger than one message, reach a reader who comes late', async () => {
    const [here, there] = [await make(), await make()];
    const id = `long-${randomUUID()}`;
    const passage = { id: 'p', text: '词😀'.repeat(20_000) } as unknown as Passage;
    here.open(id, 1);
    void here.append(id, 1, { type: 'passages-retrieved', passages: [passage] });
    const words = Array.from({ length: 3_000 }, (_, index) => `${index} 😀`);
    for (const word of words) void here.append(id, 1, delta(word));
    await expect.poll(async () => Boolean(await there.read(id, null, never()))).toBe(true);
    const reading = Array.fromAsync((await there.read(id, null, never())) ?? []);
    void here.append(id, 1, failed);
    here.close(id, 1);
    const events = await reading;
    expect(textOf(events)).toBe(words.join(''));
    expect(events.find(({ event }) => event.type === 'passages-retrieved')?.event).toEqual({
      type: 'passages-retrieved',
      passages: [passage],
    });
    await Promise.all([here.stop(), there.stop()]);
  });

  test('a reader that is ahead of this replica’s copy waits for it, and gets nothing twice', async () => {
    const [here, there] = [await make(), await make()];
    const id = `ahead-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, delta('a'));
    await expect.poll(async () => Boolean(await there.read(id, null, never()))).toBe(true);
    const reading = Array.fromAsync((await there.read(id, '1-3', never())) ?? []);
    for (const word of ['b', 'c', 'd']) void here.append(id, 1, delta(word));
    void here.append(id, 1, failed);
    here.close(id, 1);
    expect(textOf(await reading, 'abc')).toBe('abcd');
    await Promise.all([here.stop(), there.stop()]);
  });

  test('readers of an abandoned log find it where it runs now', async () => {
    const [here, there] = [await make(), await make()];
    const id = `abandoned-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, delta('old'));
    const old = await here.read(id, null, never());
    there.open(id, 2);
    void there.append(id, 2, { type: 'text-snapshot', text: 'new', attempt: 2 });
    here.abandon(id, 1);
    expect(textOf(await Array.fromAsync(old ?? []))).toBe('old');
    await expect.poll(async () => Boolean(await here.read(id, null, never()))).toBe(true);
    const reading = Array.fromAsync((await here.read(id, '1-1', never())) ?? []);
    void there.append(id, 2, failed);
    there.close(id, 2);
    const events = await reading;
    expect([textOf(events), events.at(-1)?.event]).toEqual(['new', failed]);
    await Promise.all([here.stop(), there.stop()]);
  });
}

contract('memory', memoryEventLog);
describeWith(
  'the event log in Redis (REDIS_URL)',
  Boolean(REDIS_URL),
  'set REDIS_URL: scripts/services/services up redis',
  () => {
    const redis = connectRedis(REDIS_URL);
    afterAll(() => redis.stop());
    const make: Make = (options) => redisEventLog(redis, { ...options, prefix: PREFIX });
    contract('Redis', make);
    replicaContract(make);
  },
);
describeWith(
  'the event log over PostgreSQL’s NOTIFY (POSTGRES_URL)',
  Boolean(POSTGRES_URL),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    const connections: Notifications[] = [];
    const make: Make = async (options) => {
      const notifications = connectNotifications(POSTGRES_URL);
      connections.push(notifications);
      await notifications.connected;
      return notifyEventLog(notifications, options);
    };
    afterEach(async () => {
      for (const connection of connections.splice(0)) await connection.stop();
    });
    contract('NOTIFY', make);
    replicaContract(make);

    test('events that were lost with the connection are asked for again', async () => {
      const [here, there] = [await make(), await make()];
      const id = `lost-${randomUUID()}`;
      here.open(id, 1);
      void here.append(id, 1, delta('a'));
      const reading = Array.fromAsync((await there.read(id, null, never())) ?? []);
      const admin = new Pool({ connectionString: POSTGRES_URL, max: 1 });
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley notifications' AND datname = current_database()",
      );
      await admin.end();
      for (const word of ['b', 'c', 'd']) void here.append(id, 1, delta(word));
      await sleep(300);
      void here.append(id, 1, failed);
      here.close(id, 1);
      expect(textOf(await reading)).toBe('abcd');
      await Promise.all([here.stop(), there.stop()]);
    });
  },
);

test('while Redis is away the log serves its own readers, and knows no other replica’s', async () => {
  const redis = connectRedis('redis://127.0.0.1:1');
  const log = redisEventLog(redis);
  log.open('a', 1);
  expect(await log.append('a', 1, delta('x'))).toBe(true);
  log.close('a', 1);
  expect(textOf(await Array.fromAsync((await log.read('a', null, never())) ?? []))).toBe('x');
  expect(await log.read('b', null, never())).toBeUndefined();
  await log.stop();
  await redis.stop();
});
