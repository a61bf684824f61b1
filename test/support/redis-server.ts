import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort, hasProgram, type Program, startProgram } from './programs.ts';

/** Whether a Redis of a test's own can be started here. */
export const hasRedisServer = hasProgram('redis-server');

export interface OwnRedis {
  readonly url: string;
  /** SIGKILL; what it held is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It accepts connections and answers nothing. */
  pause(): void;
  resume(): void;
}

/** A Redis that a test may break: in memory alone, on a port of its own. */
export async function startRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const start = () => startProgram('redis-server', options, { ready: () => accepted(port) });
  let program: Program = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      program = await start();
    },
    async kill() {
      if (program.child.exitCode !== null || program.child.signalCode !== null) return;
      program.child.kill('SIGKILL');
      await once(program.child, 'exit');
    },
    pause: () => program.pause(),
    resume: () => program.resume(),
  };
}

async function accepted(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
