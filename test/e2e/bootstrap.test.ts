import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const FRESH = 'Installing packages (about half a minute, once) …\nPackages are installed (N s).\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-bootstrap-'));
  cpSync(join(REPOSITORY, 'scripts/bootstrap.mjs'), join(folder, 'scripts/bootstrap.mjs'));
  cpSync(join(REPOSITORY, 'scripts/bootstrap'), join(folder, 'scripts/bootstrap'), { recursive: true });
  cpSync(join(REPOSITORY, 'test/support/fake-npm-cli.cjs'), join(folder, 'npm-cli.cjs'));
  mkdirSync(join(folder, 'prisma'));
  write('prisma/schema.prisma', 'model A {}');
  lockfile();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
const timesRun = (tool: 'npm' | 'prisma') =>
  existsSync(join(folder, `${tool}.log`))
    ? readFileSync(join(folder, `${tool}.log`), 'utf8')
        .trim()
        .split('\n').length
    : 0;

function lockfile(versions: { a?: string; prisma?: string; other?: Record<string, object> } = {}) {
  const { a = '1.0.0', prisma = '7.0.0', other = {} } = versions;
  const packages = {
    '': {},
    'node_modules/a': { version: a },
    'node_modules/prisma-cli': { version: prisma, dev: true },
    ...other,
  };
  write('package-lock.json', JSON.stringify({ name: 'tiny', lockfileVersion: 3, packages }));
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}
/** Runs it as npm does. `preload` is JavaScript that runs first. */
function bootstrap(
  options: { environment?: Record<string, string>; preload?: string; arguments?: readonly string[] } = {},
): Promise<Ended> {
  const preload = options.preload ? ['--import', `data:text/javascript,${encodeURIComponent(options.preload)}`] : [];
  const child = spawn(
    process.execPath,
    [...preload, join(folder, 'scripts/bootstrap.mjs'), ...(options.arguments ?? [])],
    {
      cwd: tmpdir(),
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        npm_execpath: join(folder, 'npm-cli.cjs'),
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code, said: said.replace(/\(\d+ s\)/, '(N s)') })),
  );
}
/** Runs as a user who owns no file. Does not spawn, as the binary may lie in a folder that only its owner may enter. */
const AS_ANOTHER = 'process.setgid(65534); process.setuid(65534);';
function canBeAnother(): boolean {
  if (process.getuid?.() !== 0) return false;
  for (let path = tmpdir(); path !== '/'; path = dirname(path)) if ((statSync(path).mode & 0o001) === 0) return false;
  return true;
}
const asNode = (version: string, platform: string = process.platform) =>
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
   Object.defineProperty(process, 'platform', { value: '${platform}' });`;

describe('stale parts are made again, and nothing else', () => {
  test('a fresh clone gets its packages and its client, says so in two lines, and is silent from then on', async () => {
    expect(await bootstrap()).toEqual({ code: 0, said: FRESH });
    expect(readFileSync(join(folder, 'npm.log'), 'utf8')).toContain('ci --include=dev --ignore-scripts');
    expect(existsSync(join(folder, 'src/generated/prisma/client.ts'))).toBe(true);
    expect(await bootstrap()).toEqual({ code: 0, said: '' });
    expect([timesRun('npm'), timesRun('prisma')]).toEqual([1, 1]);
    expect(existsSync(join(folder, '.bootstrap.lock'))).toBe(false);
  });

  test.each<[string, () => void, number, number]>([
    ['a changed schema', () => write('prisma/schema.prisma', 'model B {}'), 1, 2],
    ['a client that was removed', () => rmSync(join(folder, 'src/generated/prisma'), { recursive: true }), 1, 2],
    ['another version of Prisma', () => lockfile({ prisma: '7.0.1' }), 2, 2],
    ['another version of a package', () => lockfile({ a: '1.0.1' }), 2, 1],
    ['a new package', () => lockfile({ other: { 'node_modules/b': { version: '1.0.0' } } }), 2, 1],
    ['a package that was removed', () => rmSync(join(folder, 'node_modules/a'), { recursive: true }), 2, 1],
    ['an installation that broke off', () => rmSync(join(folder, 'node_modules/.package-lock.json')), 2, 1],
    [
      'a package of another platform',
      () => lockfile({ other: { 'node_modules/c': { version: '1.0.0', optional: true } } }),
      1,
      1,
    ],
  ])('%s', async (_what, change, installs, generations) => {
    await bootstrap();
    change();
    expect((await bootstrap()).code).toBe(0);
    expect([timesRun('npm'), timesRun('prisma')]).toEqual([installs, generations]);
    expect((await bootstrap()).said).toBe('');
  });

  test('npm start installs no development tools; existing ones stay and are updated', async () => {
    const forStart = { arguments: ['--omit=dev'] };
    // The client is in the repository.
    await bootstrap();
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(await bootstrap(forStart)).toEqual({ code: 0, said: FRESH });
    expect(existsSync(join(folder, 'node_modules/prisma-cli'))).toBe(false);
    expect(await bootstrap(forStart)).toEqual({ code: 0, said: '' });
    expect(await bootstrap()).toEqual({ code: 0, said: FRESH });
    expect(existsSync(join(folder, 'node_modules/prisma-cli'))).toBe(true);
    lockfile({ a: '2.0.0' });
    expect(await bootstrap(forStart)).toEqual({ code: 0, said: FRESH });
    expect(existsSync(join(folder, 'node_modules/prisma-cli'))).toBe(true);
  });

  test('without tools a client that differs from the schema is reported with the remedy', async () => {
    expect(await bootstrap({ arguments: ['--omit=dev'] })).toEqual({
      code: 1,
      said: expect.stringMatching(/Parley cannot start: the database client .*npm run generate/),
    });
  });

  test('the real npm installs from a lockfile, and what it wrote counts as installed', () => {
    mkdirSync(join(folder, 'dependency'));
    write('dependency/package.json', JSON.stringify({ name: 'prisma', version: '7.0.0' }));
    mkdirSync(join(folder, 'dependency/build'));
    write(
      'dependency/build/index.js',
      "const fs = require('fs'); fs.mkdirSync('src/generated/prisma', { recursive: true }); fs.writeFileSync('src/generated/prisma/client.ts', '')",
    );
    const npm = (...args: string[]) => spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    npm('pack', './dependency');
    write(
      'package.json',
      JSON.stringify({
        name: 'tiny',
        scripts: { prestart: 'node scripts/bootstrap.mjs', start: 'node -p 6*7' },
        dependencies: { 'prisma-cli': 'file:prisma-7.0.0.tgz' },
      }),
    );
    rmSync(join(folder, 'package-lock.json'));
    npm('install', '--package-lock-only', '--no-audit');
    for (const expected of [/Packages are installed[\s\S]*42/, /^[^I]*42/]) {
      const { stdout, stderr, status } = npm('start', '--silent');
      expect({ status, said: stderr.replaceAll(/npm warn .*\n/g, '') + stdout }).toEqual({
        status: 0,
        said: expect.stringMatching(expected),
      });
    }
  });
});

describe('several at once', () => {
  test('one process installs, the others wait for it', async () => {
    const slowly = { environment: { NPM_TAKES: '300' } }; // milliseconds, for the others to come
    const all = await Promise.all([bootstrap(slowly), bootstrap(slowly), bootstrap(slowly)]);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect([timesRun('npm'), timesRun('prisma')]).toEqual([1, 1]);
    expect(all.filter(({ said }) => said.includes('Another installation is under way')).length).toBe(2);
  });

  test('the lock of a process that is gone is broken, by one alone', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    mkdirSync(join(folder, '.bootstrap.lock'));
    write('.bootstrap.lock/pid', String(gone));
    const all = await Promise.all([bootstrap(), bootstrap(), bootstrap(), bootstrap()]);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(timesRun('npm')).toBe(1);
  });

  test('the lock of a live process is respected', async () => {
    mkdirSync(join(folder, '.bootstrap.lock'));
    write('.bootstrap.lock/pid', String(process.pid));
    const waiting = bootstrap();
    expect(await Promise.race([waiting, setTimeout(400, 'still waiting')])).toBe('still waiting');
    rmSync(join(folder, '.bootstrap.lock'), { recursive: true });
    expect((await waiting).code).toBe(0);
    expect(timesRun('npm')).toBe(1);
  });

  test('the lock of another live process is respected', async (context) => {
    if (!canBeAnother()) context.skip('only root can run it as another');
    await bootstrap();
    chmodSync(folder, 0o777);
    mkdirSync(join(folder, '.bootstrap.lock'));
    write('.bootstrap.lock/pid', String(process.pid));
    chmodSync(join(folder, '.bootstrap.lock'), 0o777);
    lockfile({ a: '2.0.0' });
    const waiting = bootstrap({ preload: AS_ANOTHER });
    expect(await Promise.race([waiting, setTimeout(400, 'still waiting')])).toBe('still waiting');
    lockfile();
    rmSync(join(folder, '.bootstrap.lock'), { recursive: true });
    expect((await waiting).code).toBe(0);
  });
});

describe('errors are one line with the remedy', () => {
  const failure = (line: string | RegExp) => ({ code: 1, said: expect.stringMatching(line) });

  test('npm fails; the lock is given back', async () => {
    expect(await bootstrap({ environment: { NPM_FAILS: '1' } })).toEqual(
      failure(/npm error network\nParley cannot start: .*check the network/),
    );
    expect((await bootstrap()).code).toBe(0);
  });
  test('the schema has a mistake: Prisma’s words, and the next run tries again', async () => {
    write('prisma/schema.prisma', 'mistake');
    expect(await bootstrap()).toEqual(failure(/a mistake\n+Parley cannot start: the database client/));
    write('prisma/schema.prisma', 'model A {}');
    expect((await bootstrap()).code).toBe(0);
  });
  test('files of the repository are missing', async () => {
    rmSync(join(folder, 'package-lock.json'));
    expect(await bootstrap()).toEqual(failure(/^Parley cannot start: package-lock.json .*git checkout.*\n$/));
    lockfile();
    await bootstrap();
    rmSync(join(folder, 'prisma/schema.prisma'));
    expect(await bootstrap()).toEqual(failure(/^Parley cannot start: prisma\/schema.prisma .*git checkout.*\n$/));
  });
  test('a Node that is too old', async () => {
    expect(await bootstrap({ preload: asNode('16.20.2') })).toEqual(
      failure(/^Parley cannot start: Node 16.20.2 is too old.*\n$/),
    );
  });
  test('an older Node, where none comes by npm: before anything is installed', async () => {
    expect(await bootstrap({ preload: asNode('20.1.0', 'darwin') })).toEqual(failure(/install Node 24/));
    expect(timesRun('npm')).toBe(0);
  });
  test('an older Node where one comes by npm installs it, again without its binary, and a newer one when it is wanted', async () => {
    const ours = `node_modules/node-${process.platform}-${process.arch}`;
    lockfile({ other: { [ours]: { version: '24.0.0', optional: true } } });
    expect((await bootstrap({ preload: asNode('20.1.0') })).code).toBe(0);
    rmSync(join(folder, 'node_modules/.bin/node'));
    expect((await bootstrap({ preload: asNode('20.1.0') })).code).toBe(0);
    expect(timesRun('npm')).toBe(2);
    lockfile({ other: { [ours]: { version: '24.0.1', optional: true } } });
    expect((await bootstrap()).code).toBe(0);
    expect(timesRun('npm')).toBe(3);
  });
  test('packages from another installer stay while they fit, otherwise a message says so', async (context) => {
    if (!canBeAnother()) context.skip('only root can run it as another');
    await bootstrap();
    chmodSync(folder, 0o755);
    expect(await bootstrap({ preload: AS_ANOTHER })).toEqual({ code: 0, said: '' });
    lockfile({ a: '2.0.0' });
    expect(await bootstrap({ preload: AS_ANOTHER })).toEqual(
      failure(/^Parley cannot start: .*this folder.*owner.*\n$/),
    );
    chmodSync(folder, 0o777);
    expect(await bootstrap({ preload: AS_ANOTHER })).toEqual(
      failure(/^Parley cannot start: .*node_modules is not yours.*\n$/),
    );
    expect(timesRun('npm')).toBe(1);
  });
});
