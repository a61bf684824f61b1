import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Pool } from 'pg';
import type { Store } from '#core/ports/store.ts';
import { retry } from '#core/runtime/retry.ts';
import { openStore } from '../../src/adapters/postgres/index.ts';
import { freshDataDirectory } from './data.ts';

export interface TestStore {
  readonly store: Store;
  close(): Promise<void>;
}

export async function pgliteStore(): Promise<TestStore & { readonly dataDirectory: string }> {
  const data = freshDataDirectory();
  const store = await openStore({ poolSize: 1, dataDirectory: data.path });
  return {
    store,
    dataDirectory: data.path,
    async close() {
      await store.close();
      data.remove();
    },
  };
}

/** A new database on the server of POSTGRES_URL, dropped at the end. */
export async function scratchDatabase(url: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Pool({ connectionString: url, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  return {
    url: scratch.href,
    async drop() {
      // While PostgreSQL vacuums it by itself, it is refused: that process is the superuser's.
      const drop = () => admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await retry(drop, { tries: 60, firstMs: 100, longestMs: 1_000, keepAlive: true });
      await admin.end();
    },
  };
}

export async function postgresqlStore(): Promise<TestStore> {
  const scratch = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  const store = await openStore({ postgresUrl: scratch.url, poolSize: 10, dataDirectory: tmpdir() });
  return {
    store,
    async close() {
      await store.close();
      await scratch.drop();
    },
  };
}
