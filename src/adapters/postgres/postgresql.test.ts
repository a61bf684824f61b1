import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { documentOf } from '../../../test/contracts/store/documents.ts';
import { describeWith } from '../../../test/support/services.ts';
import { scratchDatabase } from '../../../test/support/stores.ts';
import { id, open, someone } from '../../../test/support/turns.ts';
import { database } from './database.ts';
import { openStore } from './index.ts';
import { openPostgresql } from './postgresql.ts';

const URL_OF_SERVER = process.env['POSTGRES_URL'];
const X = { name: 'x', tenant: null, subject: null, rollout: null, guard: null };
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryable: true };

test('the error for a missing server names its setting, without the password', async () => {
  const url = 'postgresql://parley:secret-word@127.0.0.1:9/parley';
  const refused = openStore({ postgresUrl: url, poolSize: 2, dataDirectory: tmpdir() });
  await expect(refused).rejects.toThrow(/^POSTGRES_URL: .*is the server up, and the URL right\?$/);
  await expect(refused).rejects.not.toThrow(/secret-word/);
});

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: ReadyForQuery, and an ErrorResponse of 57P01. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');
const FIELDS = 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
const ENDED = Buffer.from(`E\0\0\0${String.fromCharCode(FIELDS.length + 4)}${FIELDS}`, 'latin1');

/** Between the pool and the server: it can go silent, and it can cut. */
async function startWire(target: URL) {
  const sockets = new Set<Socket>();
  let silent = false;
  let endsNew = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('data', (chunk: Buffer) => {
        const isReady = one === far && endsNew && chunk.subarray(-6).equals(READY);
        if (!silent) other.write(isReady ? Buffer.concat([chunk, ENDED]) : chunk);
      });
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  const address = server.address();
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.href,
    setSilent(value: boolean) {
      silent = value;
    },
    /** Each new connection is ended in the packet that says that it is ready, as by a server that stops. */
    setEndsNew(value: boolean) {
      endsNew = value;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    close() {
      this.cut();
      server.close();
    },
  };
}

describeWith(
  'a PostgreSQL server that fails',
  URL_OF_SERVER !== undefined,
  'POSTGRES_URL must name a PostgreSQL server',
  () => {
    let scratch: Awaited<ReturnType<typeof scratchDatabase>>;
    let wire: Awaited<ReturnType<typeof startWire>>;
    let store: Store;
    beforeEach(async () => {
      scratch = await scratchDatabase(URL_OF_SERVER ?? '');
      wire = await startWire(new URL(scratch.url));
      store = await openStore({ postgresUrl: wire.url, poolSize: 2, dataDirectory: tmpdir() });
    });
    afterEach(async () => {
      wire.setSilent(false);
      wire.cut();
      await store.close();
      wire.close();
      await scratch.drop();
    });

    test('a start waits for a server that is slow to answer', async () => {
      wire.setSilent(true);
      const opening = openPostgresql({ url: wire.url, poolSize: 1 });
      setTimeout(() => wire.setSilent(false), 1_500); // the first connection has timed out by then
      await (await opening).close();
    });

    test('connections that are cut fail as retryable, and the next statement finds a new one', async () => {
      const viewer = await someone(store);
      const turns = Array.from({ length: 20 }, () => open(store, viewer, 'x'));
      wire.cut();
      for (const outcome of await Promise.allSettled(turns))
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(UNAVAILABLE);
      expect((await open(store, viewer, 'after')).created).toBe(true);
    });

    test('a connection that the server ends as it becomes ready fails as retryable, and ends no process', async () => {
      const opened = database(await openPostgresql({ url: wire.url, poolSize: 3 }));
      wire.cut();
      wire.setEndsNew(true);
      for (let count = 0; count < 3; count += 1)
        await expect(opened.query('SELECT 1', [])).rejects.toMatchObject(UNAVAILABLE);
      wire.setEndsNew(false);
      expect(await opened.query('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
      await opened.close();
    });

    test('a silent server fails the check, and the store recovers when it answers again', async () => {
      wire.setSilent(true);
      await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
      wire.cut();
      wire.setSilent(false);
      await store.check();
    });

    test('a connection that ends during a transaction leaves nothing of it and disturbs nothing', async () => {
      const opened = database(await openPostgresql({ url: wire.url, poolSize: 1 }));
      const failing = opened.transaction(async (run) => {
        await run("INSERT INTO feature_overrides (name) VALUES ('half')", []);
        wire.cut();
        await new Promise((resolve) => setTimeout(resolve, 50)); // the break arrives while no statement is under way
        await run('SELECT 1', []);
      });
      await expect(failing).rejects.toMatchObject(UNAVAILABLE);
      expect(await opened.query('SELECT name FROM feature_overrides', [])).toEqual([]);
      await opened.close();
    });

    test('an override or an audit entry that cannot be written fails as retryable', async () => {
      const viewer = await someone(store);
      await store.features.set({ ...X, enabled: true });
      wire.close();
      const set = store.features.set({ ...X, enabled: false });
      await expect(set).rejects.toMatchObject(UNAVAILABLE);
      await expect(store.audit.record(viewer, 'a', 'b', {})).rejects.toMatchObject(UNAVAILABLE);
    });

    test('with every connection in use, a statement fails as retryable and does not wait', async () => {
      const opened = database(await openPostgresql({ url: wire.url, poolSize: 1 }));
      const { promise: released, resolve } = Promise.withResolvers<void>();
      const holding = opened.transaction(() => released);
      await expect(opened.query('SELECT 1', [])).rejects.toMatchObject(UNAVAILABLE);
      resolve();
      await holding;
      expect(await opened.query('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
      await opened.close();
    });

    test('a writer of passages waits for the one with earlier numbers: a follower never sees later numbers first', async () => {
      const viewer = await someone(store);
      const { documents } = store;
      const add = async () => {
        const { document } = await documents.add(viewer, documentOf());
        await documents.claim(document.id, 'a', 60_000);
        return document;
      };
      const [slow, quick, third] = [await add(), await add(), await add()];
      const passage = () => ({ id: id(), start: 0, end: 4, text: 'Some', heading: null });
      const [first, stuck, other] = [passage(), passage(), passage()];
      // Somebody holds the id of the slow one's second passage, so that it stops between its numbers and its commit.
      const holder = new pg.Client({ connectionString: scratch.url });
      await holder.connect();
      await holder.query('BEGIN');
      const take = 'INSERT INTO passages (id, document_id, sequence, start, "end", text) VALUES ($1, $2, -1, 0, 4, $3)';
      await holder.query(take, [stuck.id, third.id, 'Some']);
      const slowly = documents.replacePassages(slow.id, 'a', [first, stuck]);
      const waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      while ((await holder.query(waits)).rowCount === 0) await sleep(5);
      const quickly = documents.replacePassages(quick.id, 'a', [other]);
      await Promise.race([quickly, sleep(200)]);
      // Other connections are needed to look: the two of the store are waiting.
      const reader = await openStore({ postgresUrl: scratch.url, poolSize: 1, dataDirectory: tmpdir() });
      const seen = await reader.documents.changesAfter(0, 10);
      await holder.query('ROLLBACK');
      await holder.end();
      await Promise.all([slowly, quickly]);
      const rest = await reader.documents.changesAfter(seen.at(-1)?.sequence ?? 0, 10);
      await reader.close();
      const told = [...seen, ...rest].map((change) => (change.type === 'added' ? change.passage.id : change.type));
      expect(told).toEqual([first.id, stuck.id, other.id]);
    });

    test('two stores that open one empty database at once both serve', async () => {
      const empty = await scratchDatabase(URL_OF_SERVER ?? '');
      const options = { postgresUrl: empty.url, poolSize: 2, dataDirectory: tmpdir() };
      const stores = await Promise.all([1, 2, 3].map(() => openStore(options)));
      for (const one of stores) expect((await open(one, await someone(one), 'x')).created).toBe(true);
      await Promise.all(stores.map((one) => one.close()));
      await empty.drop();
    });
  },
);
