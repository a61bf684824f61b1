import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { warn } from '#core/runtime/diagnostics.ts';
import { Thread } from '#core/runtime/thread.ts';
import { LockedError, lockFile } from '../directory-lock.ts';
import type { Connection } from './database.ts';
import type { Exchange } from './pglite-exchange.ts';
import type { PgliteCalls } from './pglite-thread.ts';
import { Vacuum } from './pglite-vacuum.ts';

/** PostgreSQL's page cache. The kernel caches the files too; four times as much took 100 MB and saved no time. */
const SHARED_BUFFERS = '32MB';

const SCRIPT = new URL('./pglite-thread.ts', import.meta.url);

/**
 * Opens PostgreSQL in a thread of this process, in `dataDirectory`/postgres. PGlite does not lock its folder, and two processes in it lose each
 * other's rows; so a lock file beside it is taken. Throws an Error with the remedy while another process holds it.
 */
export async function openPglite(dataDirectory: string): Promise<Connection> {
  mkdirSync(dataDirectory, { recursive: true });
  const lock = lockOrExplain(dataDirectory);
  let thread: Thread<PgliteCalls> | undefined;
  let vacuum: Vacuum | undefined;
  try {
    const folder = join(dataDirectory, 'postgres');
    thread = await openFolder(folder);
    const { poolOver } = await import('./pglite-pool.ts');
    const pool = poolOver(async () => {
      if (!thread?.alive) thread = await openFolder(folder);
      return exchangeWith(thread, () => vacuum?.worked());
    });
    vacuum = new Vacuum(pool);
    const { rows } = await pool.query<{ major: string }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS major",
    );
    return {
      pool,
      engine: `PGlite (PostgreSQL ${rows[0]?.major})`,
      shared: false,
      async close() {
        await vacuum?.stop();
        await pool.end();
        await end(thread);
        lock.release();
      },
    };
  } catch (error) {
    await end(thread);
    lock.release();
    throw error;
  }
}

/** A thread that has ended has nothing to close: the next start finds all committed rows. */
async function end(thread: Thread<PgliteCalls> | undefined): Promise<void> {
  if (thread?.alive)
    await thread.ask('close', null).catch((error) => warn('store', 'the database did not close', error));
  await thread?.end();
}

/** A new folder is made under another name first: what a kill leaves half made is thrown away, not opened. */
async function openFolder(folder: string): Promise<Thread<PgliteCalls>> {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    await makeDatabase(unfinished);
    renameSync(unfinished, folder);
  }
  const thread = new Thread<PgliteCalls>(
    (error) => warn('store', 'the database ended, and is opened again', error),
    SCRIPT,
  );
  try {
    await thread.ask('open', { folder, startParams: ['-c', `shared_buffers=${SHARED_BUFFERS}`] });
    return thread;
  } catch (error) {
    await thread.end();
    throw error;
  }
}

function exchangeWith(thread: Thread<PgliteCalls>, worked: () => void): Exchange {
  return async (messages) => {
    worked();
    try {
      return await thread.ask('exchange', messages);
    } catch (error) {
      throw new Error('Connection terminated: the database ended', { cause: error });
    }
  };
}

/**
 * Runs in its own process, which returns its hundreds of megabytes at exit. V8 uses its baseline compiler there:
 * optimising PostgreSQL's largest function takes 600 MB, which does not pay off within two seconds.
 */
async function makeDatabase(folder: string): Promise<void> {
  const script = new URL('./make-database.ts', import.meta.url);
  const child = fork(script, [folder], { execArgv: ['--liftoff-only'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the database could not be made: its process ended with ${code ?? signal}`);
}

function lockOrExplain(dataDirectory: string): { release(): void } {
  try {
    return lockFile(join(dataDirectory, 'postgres.lock'));
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new Error(
      `the data folder ${dataDirectory} is in use by another Parley; stop that one, or set DATA_DIR to another folder`,
      { cause: error },
    );
  }
}
