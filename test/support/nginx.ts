/** The real nginx with nginx/nginx.conf, in front of servers on loopback. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from './programs.ts';

export interface Nginx {
  readonly url: string;
  readonly statusUrl: string;
  /** The lines of its access log. */
  log(): readonly { readonly path: string; readonly status: number; readonly upstream: string }[];
  /** Reads its file again, which starts new workers. */
  reload(): void;
  /** The process ids of its workers. */
  workers(): readonly number[];
  /** What it says of servers that do not answer. */
  errors(): string;
  stop(): Promise<void>;
}

const SERVERS = [
  'server llm-api:4000 resolve max_fails=3 fail_timeout=30s;',
  'server llm-api:4000 resolve max_fails=1 fail_timeout=2s;',
  'server llm-api:4000 resolve backup max_fails=0;',
];

/** The configuration with other addresses and paths. Debian's nginx does not know `resolve`, so each server is named. */
function configuration(servers: readonly string[], port: number, statusPort: number, folder: string): string {
  const replacements: readonly [string, string][] = [
    ...SERVERS.map((line): [string, string] => [
      line,
      servers.map((url) => line.replace('llm-api:4000 resolve', new URL(url).host)).join('\n    '),
    ]),
    ['resolver 127.0.0.11 valid=5s ipv6=off;', ''],
    ['listen 8080;', `listen 127.0.0.1:${port};`],
    ['listen 8081;', `listen 127.0.0.1:${statusPort};`],
    ['/dev/stdout', join(folder, 'access.log')],
  ];
  let text = readFileSync('nginx/nginx.conf', 'utf8').replaceAll('/tmp/', `${folder}/`);
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`nginx.conf has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return `daemon off;\n${text}`;
}

export interface NginxPorts {
  readonly port: number;
  readonly statusPort: number;
}

/** `ports`: to start it again where it was. `edit`: what an operator changes in its file. */
export async function startNginx(
  servers: readonly string[],
  ports?: NginxPorts,
  edit: (text: string) => string = (text) => text,
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-nginx-'));
  chmodSync(folder, 0o711); // its workers run as another user
  const { port, statusPort } = ports ?? { port: await freePort(), statusPort: await freePort() };
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, edit(configuration(servers, port, statusPort, folder)));
  const statusUrl = `http://127.0.0.1:${statusPort}`;
  const program = await startProgram('nginx', ['-p', folder, '-c', file], {
    ready: async () => (await fetch(`${statusUrl}/stub_status`)).text(),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    statusUrl,
    log: () =>
      readFileSync(join(folder, 'access.log'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    reload: () => void program.child.kill('SIGHUP'),
    workers: () => childrenOf(program.child.pid ?? 0),
    errors: () => program.output(),
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Those of Linux, from /proc. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
