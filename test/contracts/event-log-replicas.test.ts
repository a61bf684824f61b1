/** The event log where replicas share it: readers at another replica, a writer that another took over from, servers that are away. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import type { EvaluationRecord } from '#core/records.ts';
import type { Passage } from '#core/turn.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisEventLog } from '../../src/adapters/redis/event-log.ts';
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

/** What the port promises besides where replicas share it; each call of `make` is another replica's. */
function replicaContract(make: MakeLog): void {
  test('a reader on another replica gets the same events at the same cursors, and resumes here and there', async () => {
    const [here, there] = [await make(), await make()];
    const id = `moving-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, started);
    const words = wordsOf(300);
    const writing = write(here, id, words);
    const read = readInPieces((cursor, signal, round) => (round % 2 ? here : there).read(id, cursor, signal));
    const events = await Array.fromAsync(read);
    await writing;
    expect(textOf(events)).toBe(words.join(''));
    // What was read is not sent again, neither as it was nor as a snapshot.
    expect(events.filter(({ event }) => event.type === 'generation-started')).toHaveLength(1);
    expect(events.filter(({ event }) => event.type === 'text-snapshot')).toEqual([]);
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

describeRedisLog(replicaContract);
describeNotifyLog((make, url) => {
  replicaContract(make);

  test('events that were lost with the connection are asked for again', async () => {
    const [here, there] = [await make(), await make()];
    const id = `lost-${randomUUID()}`;
    here.open(id, 1);
    void here.append(id, 1, delta('a'));
    const reading = Array.fromAsync((await there.read(id, null, never())) ?? []);
    const admin = new Pool({ connectionString: url(), max: 1 });
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
});

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
