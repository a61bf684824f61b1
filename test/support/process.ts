import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PATIENT, WITHOUT_JUDGE } from './app.ts';

export interface RunningProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its standard output and error. */
  output(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and answers the exit code. */
  terminate(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** For use after each test, so that a failed one leaves no server. */
export function killProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}
process.on('exit', killProcesses);

/** As vitest.config.ts has it. */
const BASELINE = process.execArgv.filter((flag) => flag === '--liftoff-only');
const READY = /\bis ready at (\S+)/;

/** Starts `node src/main.ts`, or another program of Parley, and waits until it is ready. */
export async function startProcess(
  environment: Readonly<Record<string, string>>,
  {
    imports = [],
    program = ['src/main.ts'],
    folder = new URL('../..', import.meta.url),
  }: { readonly imports?: readonly string[]; readonly program?: readonly string[]; readonly folder?: URL } = {},
): Promise<RunningProcess> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [...BASELINE, ...imports.flatMap((path) => ['--import', path]), ...program], {
    cwd: folder,
    env: {
      PATH,
      NODE_COMPILE_CACHE,
      PARLEY_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...WITHOUT_JUDGE,
      ...PATIENT,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const ready = READY.exec(output)?.[1];
      if (ready) resolve(ready);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready:\n${output}`)));
  });
  const gone = once(child, 'exit');
  return {
    url,
    child,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async terminate() {
      child.kill('SIGTERM');
      const [code] = await gone;
      return code as number | null;
    },
  };
}
