import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SettingsError } from '#config/load.ts';
import { warn } from '#core/runtime/diagnostics.ts';

/** Permission bits of group and others. */
const OTHERS = 0o077;

/**
 * Creates DATA_DIR, which holds all viewers' data, and closes it to other users of the machine, even if it exists
 * already. Returns its absolute path. Throws SettingsError where this user cannot write it.
 */
export function privateDirectory(path: string): string {
  const directory = resolve(path);
  try {
    makeFolder(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const remedy = 'set it to a folder that this user may write to';
    throw new SettingsError([`DATA_DIR: ${directory} cannot be written: ${(error as Error).message}; ${remedy}`]);
  }
  const { mode } = statSync(directory);
  if ((mode & OTHERS) === 0 || process.platform === 'win32') return directory;
  try {
    chmodSync(directory, mode & 0o700);
  } catch (error) {
    warn('data', `other users may read ${directory}; run chmod 700 on it`, error);
  }
  return directory;
}

/** With the folders above it. Node's own `recursive` hides why it failed, and never returns in /proc. */
function makeFolder(path: string, isParent = false): void {
  const isThere = () => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere()) return;
  if (dirname(path) !== path) makeFolder(dirname(path), true);
  try {
    mkdirSync(path, isParent ? {} : { mode: 0o700 });
  } catch (error) {
    if (!isThere()) throw error; // else another process made it meanwhile
  }
}
