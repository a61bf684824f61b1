import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { GenerationEvent } from '#core/events.ts';
import type { EventLog } from '#core/ports/event-log.ts';
import { formatCursor, STORED_TEXT } from '#core/turn/cursor.ts';
import { memoryEventLog } from '../../src/adapters/memory/event-log.ts';
import {
  delta,
  describeNotifyLog,
  describeRedisLog,
  failed,
  type MakeLog,
  readInPieces,
  started,
  textOf,
  wordsOf,
  write,
} from '../support/event-logs.ts';
import { never } from '../support/models.ts';

/** The port's contract, run over one implementation. Each test uses its own generations. */
function contract(name: string, make: MakeLog): void {
  describe(`the event log in ${name}`, () => {
    const made: EventLog[] = [];
    const open: MakeLog = async (options) => {
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
      const words = wordsOf(200);
      const writing = write(log, id, words);
      const seen = new Set<string>();
      let held = '';
      for await (const logged of readInPieces((cursor, signal) => reader(log, id, cursor, signal))) {
        expect(seen.has(logged.cursor)).toBe(false);
        seen.add(logged.cursor);
        held = textOf([logged], held);
      }
      await writing;
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

contract('memory', memoryEventLog);
describeRedisLog((make) => contract('Redis', make));
describeNotifyLog((make) => contract('NOTIFY', make));
