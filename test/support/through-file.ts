import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ColumnSource,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from '../../src/plugins/retrieval/built-in/snapshot.ts';

/** Writes columns to a file and reads them back. `meanwhile` runs during the write. */
export async function throughFile(
  columns: Readonly<Record<string, ColumnSource>>,
  meanwhile: () => unknown = () => undefined,
): Promise<Snapshot['columns']> {
  const path = join(await mkdtemp(join(tmpdir(), 'parley-index-')), 'file');
  const writing = writeSnapshot(path, {}, columns);
  meanwhile();
  for (const part of Object.values(await writing)) part.close();
  return readSnapshot(path)?.columns ?? {};
}
