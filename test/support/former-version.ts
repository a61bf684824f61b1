import { execFile as execFileCallback } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execFile = promisify(execFileCallback);
const root = join(import.meta.dirname, '../..');
const git = async (...command: string[]) => (await execFile('git', command, { cwd: root })).stdout.trim();

/** The version before this one, which an upgrade starts from. A release raises it to the commit of the release before. */
const FORMER = '201c2be6a8558d621a251f5eaf45e177fd78df30';

/** FORMER_VERSION or FORMER as a commit. Null where the history does not hold it, as in a shallow clone. */
export async function formerVersion(): Promise<string | null> {
  try {
    return await git('rev-parse', '--verify', `${process.env['FORMER_VERSION'] ?? FORMER}^{commit}`);
  } catch {
    return null;
  }
}

/** The files of a commit in a folder of their own, with its packages: this version's where the lockfile is the same, else installed. */
export async function checkedOut(commit: string): Promise<URL> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-former-'));
  await execFile('sh', ['-c', `git archive ${commit} | tar --extract --directory "$1"`, 'sh', folder], { cwd: root });
  const lockfile = (of: string) => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (lockfile(folder) === lockfile(root)) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  else await execFile('npm', ['ci', '--ignore-scripts', '--omit=dev', '--prefer-offline'], { cwd: folder });
  return pathToFileURL(`${folder}/`);
}
