/**
 * Makes a fresh clone ready before `npm start` and `npm test`: packages as the lockfile has them (Node 24 among them) and
 * Prisma's generated client. Runs on any Node from 18 on, with nothing installed; does nothing where nothing has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STAMP = 'src/generated/.stamp';
const LOCK = '.bootstrap.lock';
/** Milliseconds between looks at a lock, and after which one without a live owner's sign is broken. */
const LOOK = 200;

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const [major] = process.versions.node.split('.').map(Number);
if (major < 18) fail(`Node ${process.version} is too old: install Node 18 or newer`);
if (isReady()) process.exit(0);
withLock(() => {
  if (!packagesMatch()) installPackages();
  if (!clientMatches()) generateClient();
});
if (!existsSync('node_modules/.bin/node') && major < 24)
  fail(`no Node 24 comes by npm for ${process.platform}-${process.arch}: install Node 24 or newer`);

function isReady() {
  return packagesMatch() && clientMatches();
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

/** npm writes node_modules/.package-lock.json as its last step: what the lockfile wants here must be in it. */
function packagesMatch() {
  const wanted = packagesOf('package-lock.json') ?? fail('package-lock.json is missing or broken: restore it by git');
  const installed = packagesOf('node_modules/.package-lock.json');
  return (
    installed !== null &&
    Object.entries(wanted).every(
      ([path, { version, optional, devOptional, peer }]) =>
        path === '' || optional || devOptional || peer || installed[path]?.version === version,
    )
  );
}

function installPackages() {
  const npm = process.env.npm_execpath;
  const started = Date.now();
  console.error('Installing packages (about half a minute, once) …');
  const options = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  const done = npm?.endsWith('.js') ? run(process.execPath, [npm, ...options]) : run('npm', options);
  if (!done) fail('the packages could not be installed: see above; check the network, and run the command again');
  console.error(`Packages are installed (${Math.round((Date.now() - started) / 1000)} s).`);
}

function wantedStamp() {
  const version = packagesOf('package-lock.json')?.['node_modules/prisma']?.version;
  return createHash('sha256').update(readFileSync('prisma/schema.prisma')).update(String(version)).digest('hex');
}

function clientMatches() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wantedStamp();
}

/** Prisma looks for an engine that generating never uses: any file that exists will do, and nothing is downloaded. */
function generateClient() {
  const node = existsSync('node_modules/.bin/node') ? join('node_modules', '.bin', 'node') : process.execPath;
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  if (!run(node, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], env, true))
    fail('the database client could not be generated: see above');
  writeFileSync(STAMP, wantedStamp());
}

function run(command, args, env = {}, quiet = false) {
  const result = spawnSync(command, args, {
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    env: { ...process.env, ...env },
  });
  if (quiet && result.status !== 0)
    console.error(String(result.stdout ?? ''), String(result.stderr ?? result.error ?? ''));
  return result.status === 0;
}

/** Two at once would install into one folder: the second waits, and then finds nothing left to do. */
function withLock(work) {
  for (let waited = false; !take(); waited = true) {
    if (!waited) console.error('Another installation is under way; waiting for it …');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK);
    if (isReady()) return;
  }
  process.on('exit', () => rmSync(LOCK, { recursive: true, force: true }));
  work();
}

function take() {
  try {
    mkdirSync(LOCK);
    writeFileSync(join(LOCK, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`this folder cannot be written to: ${error.message}`);
    breakStale();
    return false;
  }
}

function breakStale() {
  try {
    const pid = existsSync(join(LOCK, 'pid')) ? Number(readFileSync(join(LOCK, 'pid'), 'utf8')) : 0;
    if (pid === 0 && Date.now() - statSync(LOCK).mtimeMs < 2_000) return; // just being made
    if (pid > 0) process.kill(pid, 0);
    else rmSync(LOCK, { recursive: true, force: true });
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(LOCK, { recursive: true, force: true });
  }
}

function fail(message) {
  console.error(`Parley cannot start: ${message}`);
  process.exit(1);
}
