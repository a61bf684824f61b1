import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockedError, lockFile } from './directory-lock.ts';

export interface ReplicaId {
  readonly id: string;
  release(): void;
}

/**
 * The name under which this process owns generations. It stays the same over restarts in one data folder, so that a start
 * finds what a kill left behind; processes that share the folder take one place each.
 */
export function claimReplicaId(dataDirectory: string): ReplicaId {
  const directory = join(dataDirectory, 'replicas');
  mkdirSync(directory, { recursive: true });
  for (let place = 0; ; place += 1) {
    try {
      const lock = lockFile(join(directory, `${place}.lock`));
      const file = join(directory, `${place}.id`);
      if (!existsSync(file)) writeFileSync(file, randomUUID());
      return { id: readFileSync(file, 'utf8').trim(), release: () => lock.release() };
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
    }
  }
}
