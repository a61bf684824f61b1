/**
 * `npm run reindex`: rebuilds every index of passages from the store, with a progress bar. With the embedded database, stop the server
 * first. With PostgreSQL it may keep running; it finds less until the end.
 */
import { resolve } from 'node:path';
import { loadSettings, SettingsError } from '#config/load.ts';
import { rebuildFrom } from '../src/app/reindex.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error('stopped')));
const shown = new Map<string, number>();

try {
  const settings = loadSettings();
  const passages = await rebuildFrom(settings, resolve(settings.DATA_DIR), show, stopping.signal);
  if (process.stdout.isTTY) process.stdout.write('\n');
  console.log(`done: ${passages} changes read`);
} catch (error) {
  if (process.stdout.isTTY) process.stdout.write('\n');
  console.error(error instanceof SettingsError || error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** A line that is written over on a terminal; elsewhere a line each tenth. */
function show(what: string, share: number): void {
  const tenth = Math.floor(share * 10);
  if (process.stdout.isTTY) {
    shown.set(what, share);
    const parts = Array.from(
      shown,
      ([name, done]) => `${name} [${'#'.repeat(done * 20).padEnd(20)}] ${Math.floor(done * 100)} %`,
    );
    process.stdout.write(`\r${parts.join('   ')}`);
  } else if (shown.get(what) !== tenth) {
    shown.set(what, tenth);
    console.log(`${what}: ${tenth * 10} %`);
  }
}
