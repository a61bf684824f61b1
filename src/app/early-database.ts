import type { Settings } from '#config/load.ts';
import type { Connection } from '../adapters/postgres/database.ts';
import { openPglite } from '../adapters/postgres/pglite.ts';
import { privateDirectory } from './data-directory.ts';

/**
 * Begins to open the embedded database, in its thread, so that it opens while the modules of the app are loaded. This file is
 * loaded before them and loads few. Undefined where POSTGRES_URL is set.
 */
export function openEarly({ POSTGRES_URL, DATA_DIR }: Settings): Promise<Connection> | undefined {
  if (POSTGRES_URL !== undefined) return undefined;
  const opening = openPglite(privateDirectory(DATA_DIR));
  opening.catch(() => undefined); // told by who waits for it
  return opening;
}
