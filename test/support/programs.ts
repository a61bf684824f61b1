/** Programs of other projects that tests run, each in a process of its own that ends with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A port of loopback that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Program {
  readonly child: ChildProcess;
  output(): string;
  /** SIGSTOP and SIGCONT: it accepts connections and answers nothing. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Resolves once it is ready; called until it does not throw. */
  readonly ready: () => Promise<unknown>;
}

/** Starts a program and waits until it is ready, for two minutes at most. */
export async function startProgram(
  name: string,
  args: readonly string[],
  { environment = {}, cwd, ready }: ProgramOptions,
): Promise<Program> {
  const child = spawn(name, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  const gone = once(child, 'exit').finally(() => running.delete(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await eventually(`${name} is ready`, async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended:\n${output.slice(-2_000)}`);
    return ready();
  });
  return {
    child,
    output: () => output,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const killed = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(killed);
    },
  };
}

/** Asks again and again until it does not throw; then what it said last is thrown. */
export async function eventually<T>(what: string, ask: () => Promise<T>, withinMs = 120_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`, { cause: error });
      await sleep(200);
    }
  }
}

/** The body of a page that answers 2xx. */
export async function textAt(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}
