import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../src/adapters/postgres/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder with a fresh, migrated database, to be copied: making one takes seconds, a copy does not. */
    dataTemplate: string;
  }
}

export default async function setup(project: TestProject) {
  // All that tests leave behind is in one folder, which goes with the run; any user may pass through it, as through the system's.
  const folder = mkdtempSync(join(place(), 'parley-tests-'));
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  // As `npm start` does: threads then need not strip types, which Node does in WebAssembly, again in each thread.
  process.env['NODE_COMPILE_CACHE'] = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));
  const dataDirectory = mkdtempSync(join(folder, 'parley-template-'));
  const store = await openStore({ poolSize: 1, dataDirectory });
  await store.close();
  project.provide('dataTemplate', dataDirectory);
  return () => rmSync(folder, { recursive: true, force: true });
}

const MEMORY = '/dev/shm';
/** Bytes that the folders of all databases that are open at once take, with room to spare. */
const ROOM = 4e9;

/** Memory if there is room: a database has a thousand files, which a disk takes longer to copy than the test runs. */
function place(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
