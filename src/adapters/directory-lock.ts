import { DatabaseSync } from 'node:sqlite';

/** The lock is another process's. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** SQLITE_BUSY and SQLITE_LOCKED: https://www.sqlite.org/rescode.html */
const BUSY = new Set([5, 6]);

/**
 * An exclusive lock on a file: an SQLite exclusive transaction, which is a lock of the kernel's, dropped when the process
 * dies, kill -9 included. Throws LockedError while another process holds it.
 */
export function lockFile(path: string): { release(): void } {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!BUSY.has(Number((error as { errcode?: unknown }).errcode))) throw error;
    throw new LockedError(`${path} is in use by another process`, { cause: error });
  }
  return { release: () => database.close() };
}
