import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { warn } from '#core/runtime/diagnostics.ts';

/** Permission bits of group and others. */
const OTHERS = 0o077;

/**
 * Creates DATA_DIR, which holds all viewers' data, and closes it to other users of the machine, even if it exists
 * already. Returns its absolute path.
 */
export function privateDirectory(path: string): string {
  const directory = resolve(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { mode } = statSync(directory);
  if ((mode & OTHERS) === 0 || process.platform === 'win32') return directory;
  try {
    chmodSync(directory, mode & 0o700);
  } catch (error) {
    warn('data', `other users may read ${directory}; run chmod 700 on it`, error);
  }
  return directory;
}
