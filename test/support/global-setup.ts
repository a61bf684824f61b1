import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../src/adapters/postgres/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder with a fresh, migrated database, to be copied: making one takes seconds, a copy does not. */
    dataTemplate: string;
  }
}

export default async function setup(project: TestProject) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'parley-template-'));
  const store = await openStore({ poolSize: 1, dataDirectory });
  await store.close();
  project.provide('dataTemplate', dataDirectory);
  return () => rmSync(dataDirectory, { recursive: true, force: true });
}
