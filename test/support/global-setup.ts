import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
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
  const folder = mkdtempSync(join(tmpdir(), 'parley-tests-'));
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
