/** A PostgreSQL of a test's own, which it may stop, kill and pause. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { type Program, startProgram } from './programs.ts';

export const postgresProgram = (name: string): string | undefined =>
  [15, 16, 17, 18]
    .map((version) => `/usr/lib/postgresql/${version}/bin/${name}`)
    .find((path) => spawnSync(path, ['--version']).status === 0);

export interface OwnPostgres {
  /** Of the user `postgres`, to the database of that name. */
  readonly url: string;
  program(): Program;
  /** SIGINT: it ends its connections and stops. SIGQUIT: as after a crash; it recovers at its next start. */
  stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  start(): Promise<void>;
}

/** In `folder`, which must not exist. What a commit acknowledged survives its kill, not that of the machine: `fsync` is off. */
export async function startOwnPostgres(
  folder: string,
  port: number,
  options: readonly string[] = [],
): Promise<OwnPostgres> {
  mkdirSync(folder);
  // PostgreSQL does not run as root.
  const asPostgres =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (asPostgres.length > 0) {
    const id = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout);
    chownSync(folder, id, id);
  }
  const data = join(folder, 'data');
  const run = (program: string, ...args: string[]): readonly [string, readonly string[]] => {
    const [first = '', ...rest] = [...asPostgres, postgresProgram(program) ?? program, ...args];
    return [first, rest];
  };
  const made = spawnSync(...run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-N', '--locale=C.UTF-8'), {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}${made.stderr}`);
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const own = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off'];
  const start = async () => {
    const pool = new Pool({ connectionString: url, max: 1 });
    pool.on('error', () => undefined);
    try {
      const command = run('postgres', ...options, '-D', data, '-p', String(port), ...own);
      return await startProgram(...command, { ready: () => pool.query('SELECT 1') });
    } finally {
      await pool.end();
    }
  };
  let program = await start();
  return {
    url,
    program: () => program,
    async stop(signal) {
      const { child } = program;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
    async start() {
      program = await start();
    },
  };
}
