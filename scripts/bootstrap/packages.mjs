import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, reasonOf } from './fail.mjs';

/** The major version that runs the TypeScript of this repository as it is. */
const NEEDED = 24;
const OPTIONS = ['--ignore-scripts', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
/** npm puts this folder first in PATH, so its `node` is the one that the scripts of package.json run on. */
export const OUR_NODE = join('node_modules', '.bin', 'node');

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

export function wantedPackages() {
  return (
    packagesIn('package-lock.json') ??
    fail('package-lock.json is missing or broken', 'restore it: git checkout package-lock.json')
  );
}

/** If npm has no Node 24 for this platform, the running Node must be one. */
export function checkPlatform(major) {
  const { platform, arch } = process;
  if (major >= NEEDED || wantedPackages()[`node_modules/node-${platform}-${arch}`]) return;
  fail(
    `no Node ${NEEDED} comes by npm for ${platform}-${arch}, and this is Node ${process.versions.node}`,
    `install Node ${NEEDED} or newer`,
  );
}

/**
 * npm writes node_modules/.package-lock.json as its last step: what the lockfile wants must be in it, and on the disk. What
 * is for other platforms may be absent, but is never another version.
 */
export function packagesMatch(major, tools) {
  const packages = Object.entries(wantedPackages());
  const installed = packagesIn('node_modules/.package-lock.json');
  if (!installed || (major < NEEDED && !existsSync(OUR_NODE))) return false;
  return packages.every(([path, wanted]) => {
    if (path === '' || (wanted.dev && !tools)) return true;
    const found = installed[path];
    if (!found) return Boolean(wanted.optional || wanted.devOptional || wanted.peer);
    return found.version === wanted.version && existsSync(path);
  });
}

/** An installation that has tools keeps them. */
export function toolsInstalled() {
  const installed = packagesIn('node_modules/.package-lock.json');
  return Object.values(installed ?? {}).some((found) => found.dev);
}

export function installPackages(major, tools) {
  checkWritable();
  const started = Date.now();
  console.error('Installing packages (about half a minute, once) …');
  // Run by yarn or pnpm, npm_execpath is theirs; the lockfile is npm's.
  const npm = /npm-cli\.c?js$/.test(process.env.npm_execpath ?? '')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const [command, ...first] = npm;
  const { status, error } = spawnSync(command, [...first, 'ci', tools ? '--include=dev' : '--omit=dev', ...OPTIONS], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) fail(`npm cannot be run (${reasonOf(error)})`, 'install npm, or run this by `npm start`');
  if (status !== 0)
    fail(
      'the packages could not be installed',
      'see npm’s words above, check the network and the disk’s free space, and run the command again',
    );
  checkNode(major);
  console.error(`Packages are installed (${Math.round((Date.now() - started) / 1000)} s).`);
}

function checkWritable() {
  for (const folder of ['.', 'node_modules'])
    try {
      if (existsSync(folder)) accessSync(folder, constants.W_OK);
    } catch {
      fail(
        `packages are to be installed, and ${folder === '.' ? 'this folder' : folder} is not yours to write to`,
        'make it writable, remove it, or run this as its owner',
      );
    }
}

/** A binary that is made for another C library (Alpine’s, say) installs well and does not run. */
function checkNode(major) {
  if (major >= NEEDED || spawnSync(OUR_NODE, ['--version']).status === 0) return;
  fail(`the Node ${NEEDED} that came by npm does not run on this system`, `install Node ${NEEDED} or newer of its own`);
}
