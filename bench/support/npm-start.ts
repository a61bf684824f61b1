/** Starts a server as `npm start` does, in its own process, and reads the kernel's figures of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Runs the command of `npm start`, whose shell execs the server. Ends with this process. */
export async function npmStart(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const server = spawn('/bin/sh', ['-c', scripts.start], {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      ...{ PORT: '0', LOG_LEVEL: 'warn', ...environment },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => server.kill('SIGKILL'));
  let output = '';
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk;
    const url = /Parley is ready at (\S+)/.exec(output)?.[1];
    if (url) {
      server.stdout.resume();
      return { server, url };
    }
  }
  throw new Error('the server did not start');
}

/** Megabytes of the process that are in memory. */
export function resident({ pid }: ChildProcess): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1_024) / 1e6;
}

/** Seconds, of user and system; the kernel counts in hundredths. */
export function cpu({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Asks a server's GraphQL by POST; rejects with its errors. */
export async function ask<T>(url: string, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: unknown };
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}
