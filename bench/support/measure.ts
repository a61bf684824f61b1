/** Shared by all benches: servers as processes with readable CPU time, a load, medians, and a table with yardsticks. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MeasuredServer {
  readonly url: string;
  /** CPU microseconds (user and system) since the start of the process, of it on the main thread, and resident bytes. */
  usage(): Promise<{ readonly cpu: number; readonly mainCpu: number; readonly rss: number }>;
  /** The same without a garbage collection first, for reading during the load. */
  look(): Promise<{ readonly cpu: number; readonly mainCpu: number; readonly rss: number }>;
  /** CPU and bytes as the system tells them at once, where it does (Linux, in steps of 10 ms): a busy server answers late. */
  glance(): Promise<{ readonly cpu: number; readonly rss: number }>;
  command(name: string, value?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface Launch {
  readonly execArgv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Keeps all its threads on one core, where the system can: Linux with `taskset`, and more cores than one. */
  readonly core?: number;
}

/** Microseconds of the system's clock ticks, and bytes of its pages, as nearly all Linux systems have them. */
const TICK = 10_000;
const PAGE = 4_096;

/** Starts a file of bench/servers as a process. It answers `usage` and its own commands over IPC. */
export async function startServer(
  name: string,
  options: Readonly<Record<string, unknown>> = {},
  { execArgv = [], environment = {}, core }: Launch = {},
): Promise<MeasuredServer> {
  const flags = ['--expose-gc', ...execArgv];
  // From its start on: a process looks then how many cores it has.
  const held = core === undefined || core >= availableParallelism() ? null : ['-c', String(core), process.execPath];
  const child: ChildProcess = fork(new URL(`../servers/${name}.ts`, import.meta.url), [JSON.stringify(options)], {
    ...(held ? { execPath: 'taskset', execArgv: [...held, ...flags] } : { execArgv: flags }),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ url }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended`))),
  ])) as [{ url: string }];
  let turn: Promise<unknown> = Promise.resolve();
  const command = (command: string, value?: unknown) => {
    const answer = turn.then(async () => {
      child.send({ command, value });
      return (await once(child, 'message'))[0];
    });
    turn = answer;
    return answer;
  };
  return {
    url,
    command,
    look: () => command('look') as ReturnType<MeasuredServer['look']>,
    usage: () => command('usage'),
    async glance() {
      try {
        const [stat, pages] = ['stat', 'statm'].map((file) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8'));
        // Fields 14 and 15 after the name in brackets: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        const ticks = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
        const cpu = (Number(ticks[11]) + Number(ticks[12])) * TICK;
        return { cpu, rss: Number(pages?.split(' ')[1]) * PAGE };
      } catch {
        return command('look') as ReturnType<MeasuredServer['look']>;
      }
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Gone with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  process.on('SIGTERM', () => process.exit(0));
  return folder;
}

/** For a server's file: sends its address and handles commands. */
export function serveCommands(url: string, commands: Readonly<Record<string, (value: never) => unknown>> = {}): void {
  process.on('message', async ({ command, value }: { command: string; value: never }) => {
    if (command === 'usage' || command === 'look') {
      if (command === 'usage') globalThis.gc?.();
      const [all, main] = [process.cpuUsage(), process.threadCpuUsage()];
      process.send?.({
        cpu: all.user + all.system,
        mainCpu: main.user + main.system,
        rss: process.memoryUsage().rss,
      });
    } else process.send?.((await commands[command]?.(value)) ?? {});
  });
  process.on('disconnect', () => process.exit(0)); // the bench is gone, also where it failed
  process.send?.({ url });
}

export interface Load {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends POST requests over `connections` kept-alive connections for this many milliseconds. Returns the number of successful ones. */
export async function load(
  url: string,
  { path, body, headers = {} }: Load,
  connections: number,
  milliseconds: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const end = performance.now() + milliseconds;
  let answered = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const sent = httpRequest(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => {
            if (response.statusCode !== 200 || text.includes('"errors"'))
              reject(new Error(`${response.statusCode} ${text.slice(0, 300)}`));
            else {
              answered += 1;
              resolve();
            }
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) await one();
    }),
  );
  agent.destroy();
  return answered;
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Rows of text and figures, aligned. */
export function table(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const text = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toFixed(cell < 10 ? 2 : 1) : cell)),
  );
  const widths = (text[0] ?? []).map((_cell, column) => Math.max(...text.map((row) => (row[column] ?? '').length)));
  console.log(`\n${title}`);
  for (const row of text)
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    );
}
