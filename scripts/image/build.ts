/**
 * node scripts/image/build.ts FOLDER: what `docker build` does, without Docker. Runs the first stage's COPY and RUN lines in a clean
 * folder, measures what the last stage takes over, and starts it as the last stage does: its user, its variables, its command,
 * its health check. Fails where the image would be too large, or where it would not serve.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Instruction, readCopies, readStages, restOf, variablesOf } from './dockerfile.ts';

/** Megabytes of the image, and what its base, Debian 12's slim image, takes of them. */
const MOST = 500;
const BASE = 75;
const USER = 10_001;
const PORT = '4977';
const KEY = 'a-key-that-only-this-check-knows-0123456789';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/image/build.ts FOLDER');
  process.exit(1);
}
const app = join(folder, 'app');
mkdirSync(app, { recursive: true });
const [build = [], last = []] = readStages();
for (const instruction of build) follow(instruction);
const megabytes = BASE + measure();
console.log(`the image takes about ${megabytes} MB, at most ${MOST}`);
if (megabytes > MOST) process.exit(1);
await start();

function follow({ name, rest }: Instruction): void {
  if (name === 'COPY') copy(rest.split(' ').slice(0, -1));
  if (name !== 'RUN') return;
  console.log(`RUN ${rest}`);
  execFileSync('bash', ['-euc', rest], { cwd: app, stdio: 'inherit' });
}

function copy(sources: readonly string[]): void {
  const isCopied = readCopies();
  const files = sources.includes('.')
    ? execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n').filter(isCopied)
    : sources;
  for (const file of files) cpSync(file, join(app, file));
}

/** Megabytes of all files, and where the most of them are. */
function measure(): number {
  const megabytesOf = (path: string) =>
    globSync('**/*', { cwd: path, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0) / 1e6;
  const parts = globSync(['src', 'node_modules/*', 'node_modules/@*/*'], { cwd: app })
    .map((part) => ({ part, size: megabytesOf(join(app, part)) }))
    .sort((a, b) => b.size - a.size);
  for (const { part, size } of parts.slice(0, 8)) console.log(`${Math.round(size)} MB ${part}`);
  return Math.round(megabytesOf(app));
}

/** As the container starts: nothing but the compiled code and the data may be written to. */
async function start(): Promise<void> {
  const data = join(app, 'data');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [data, join(app, 'node_modules/.cache')]) chownAll(path);
  const user = isRoot ? ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'] : [];
  const inside = {
    ...variablesOf(restOf(last, 'ENV')),
    DATA_DIR: data,
    PORT,
    HOST: '127.0.0.1',
    BOOTSTRAP_API_KEY: KEY,
  };
  const environment = { ...inside, PATH: `${join(app, 'node_modules/.bin')}:/usr/local/bin:/usr/bin:/bin` };
  const run = (words: string) => [...user, ...(JSON.parse(words) as string[])] as [string, ...string[]];
  const [program, ...args] = run(restOf(last, 'CMD'));
  const server = spawn(program, args, { cwd: app, env: environment, stdio: 'inherit' });
  process.on('exit', () => server.kill('SIGKILL'));
  const [checker, ...words] = run(restOf(last, 'HEALTHCHECK').replace(/^.*CMD /, ''));
  const isHealthy = () => spawnSync(checker, words, { cwd: app, env: environment }).status === 0;
  for (let attempt = 0; !isHealthy(); attempt += 1) {
    if (attempt === 60 || server.exitCode !== null) throw new Error('the image does not become healthy');
    await sleep(500);
  }
  const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ query: '{ platform { version environment } }' }),
  });
  console.log(`it is healthy and answers ${await response.text()}`);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const code = await ended;
  if (response.status !== 200 || code !== 0) throw new Error(`it answered ${response.status} and ended with ${code}`);
  rmSync(data, { recursive: true });
}

function chownAll(path: string): void {
  for (const entry of ['.', ...globSync('**/*', { cwd: path })]) chownSync(join(path, entry), USER, USER);
}
