import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, hasProgram, startProgram, textAt } from './programs.ts';

/** Whether an etcd of a test's own can be started here, and ETCD_URL asks for these tests: they wait for leases to end. */
export const hasEtcd = Boolean(process.env['ETCD_URL']) && hasProgram('etcd');

export interface OwnEtcd {
  readonly url: string;
  pause(): void;
  resume(): void;
  /** SIGKILL; what it held is gone. */
  kill(): Promise<void>;
  /** Asks the JSON gateway. */
  ask(path: string, body: object): Promise<Record<string, never>>;
  stop(): Promise<void>;
  /** A new one at the same address, which holds nothing. */
  startAgain(): Promise<void>;
}

/** An etcd that a test may break, on ports of its own. */
export async function startEtcd(options: readonly string[] = []): Promise<OwnEtcd> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const folders: string[] = [];
  const start = () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-etcd-'));
    folders.push(folder);
    const args = [
      ...['--data-dir', folder, '--name', 'test', '--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `test=${peer}`],
      ...options,
    ];
    return startProgram('etcd', args, { ready: () => textAt(`${url}/health`) });
  };
  let program = await start();
  return {
    url,
    pause: () => program.pause(),
    resume: () => program.resume(),
    async kill() {
      program.child.kill('SIGKILL');
      await once(program.child, 'exit');
    },
    async startAgain() {
      program = await start();
    },
    async ask(path, body) {
      const response = await fetch(`${url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
      return (await response.json()) as Record<string, never>;
    },
    async stop() {
      await program.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
