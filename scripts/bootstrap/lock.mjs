import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, reasonOf } from './fail.mjs';

const LOCK = '.bootstrap.lock';
/** Milliseconds between two looks at a lock that another holds. */
const LOOK = 100;
/** Milliseconds that it may take to make the lock's folder and write the owner's id into it. */
const JUST_MADE = 2_000;

/** Two at once would install into one folder: the second waits, and then mostly finds that nothing is left to do. */
export function withLock(work) {
  for (let waited = false; !take(); waited = true) {
    if (!waited)
      console.error(`Another installation is under way; waiting for it (if there is none, remove ${LOCK}) …`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK);
  }
  process.on('exit', () => rmSync(LOCK, { recursive: true, force: true }));
  work();
}

function take() {
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, 'pid'), String(process.pid));
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(`this folder cannot be written to (${reasonOf(error)})`, 'run this as the folder’s owner');
    }
    if (!breakStale()) return false;
  }
}

/** Removes the lock of a process that is gone. Of several that see it stale one alone may, or a fresh one would go with it. */
function breakStale() {
  const breaking = join(LOCK, 'breaking');
  if (!isStale()) return false;
  try {
    mkdirSync(breaking);
  } catch {
    if (ageOf(breaking) < JUST_MADE) return false;
  }
  const stale = isStale(); // by now it may be another's, fresh
  if (stale) rmSync(LOCK, { recursive: true, force: true });
  else rmdirSync(breaking);
  return stale;
}

function isStale() {
  let owner;
  try {
    owner = Number(readFileSync(join(LOCK, 'pid'), 'utf8'));
  } catch {
    owner = 0;
  }
  if (!owner) return ageOf(LOCK) >= JUST_MADE;
  if (owner === process.pid) return true; // of an earlier process with this id
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** In milliseconds. 0 if the file is gone. */
function ageOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? Date.now() - found.mtimeMs : 0;
}
