/** PostgreSQL, Redis and their exporters, by the commands of docker-compose.enhanced.yml, on ports of loopback. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { yamlOf } from '../support/monitoring.ts';
import { hasProgram, type Program, startProgram, textAt } from '../support/programs.ts';

export const REDIS_PASSWORD = 'a-password-of-redis';
/** Of PostgreSQL here. */
export const MAX_CONNECTIONS = 30;
/** What Redis may take here. */
export const REDIS_BYTES = 64_000_000;

const postgresProgram = (name: string): string | undefined =>
  [15, 16, 17, 18]
    .map((version) => `/usr/lib/postgresql/${version}/bin/${name}`)
    .find((path) => spawnSync(path, ['--version']).status === 0);

const NEEDED = [
  ...['prometheus', 'prometheus-alertmanager', 'redis-server'],
  ...['prometheus-postgres-exporter', 'prometheus-redis-exporter'],
];
export const isPresent = NEEDED.every(hasProgram) && postgresProgram('postgres') !== undefined;
export const REMEDY =
  'set PROMETHEUS_URL: scripts/services/services install postgres redis alertmanager postgres-exporter redis-exporter, up prometheus';

interface Service {
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}
/** As docker-compose.enhanced.yml has it. */
const serviceOf = (name: string): Service =>
  (yamlOf('docker-compose.enhanced.yml') as { services: Record<string, Service> }).services[name] ?? {};
/** In compose $$ is a $. */
const unescaped = (text: string): string => text.replaceAll('$$', '$');
/** Compose's flags, without those that name folders of the container. */
export const flagsOf = (name: string): string[] =>
  (serviceOf(name).command ?? []).filter((flag) => !/^--(?:config\.file|storage\.(?:tsdb\.)?path)=/.test(flag));

export async function startPostgres(folder: string, port: number): Promise<Program> {
  mkdirSync(folder);
  // PostgreSQL does not run as root.
  const asPostgres =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (asPostgres.length > 0) {
    const id = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout);
    chownSync(folder, id, id);
  }
  const run = (program: string, ...args: string[]) => [...asPostgres, postgresProgram(program) ?? program, ...args];
  const [first = '', ...rest] = run(
    'initdb',
    '-D',
    join(folder, 'data'),
    '-U',
    'postgres',
    '-A',
    'trust',
    '-N',
    '--locale=C.UTF-8',
  );
  const made = spawnSync(first, rest, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stdout}${made.stderr}`);
  const [program = '', ...args] = run(
    ...([
      'postgres',
      ...(serviceOf('postgres').command ?? []).slice(1),
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
    ] as const),
    ...['-c', 'listen_addresses=127.0.0.1'],
    ...['-c', `unix_socket_directories=${folder}`, '-c', `max_connections=${MAX_CONNECTIONS}`, '-c', 'fsync=off'],
  );
  const pool = new Pool({ connectionString: `postgresql://postgres@127.0.0.1:${port}/postgres`, max: 1 });
  const running = await startProgram(program, args, { ready: () => pool.query('SELECT 1') });
  await pool.end();
  return running;
}

/** Redis with compose's command and its health check; what is added comes last, and counts. */
export function startRedis(folder: string, port: number): Promise<Program> {
  const { command = [], healthcheck } = serviceOf('redis');
  const [shell = 'sh', flag = '-c', line = ''] = command.map(unescaped);
  const own = `--port ${port} --bind 127.0.0.1 --dir ${folder} --save '' --maxmemory ${REDIS_BYTES}`;
  const check = unescaped(healthcheck?.test[1] ?? '').replace('redis-cli', `redis-cli -p ${port}`);
  const environment = { REDISCLI_AUTH: REDIS_PASSWORD };
  return startProgram(shell, [flag, `${line} ${own}`], {
    environment,
    ready: async () => {
      const { status } = spawnSync('sh', ['-c', check], { env: { ...process.env, ...environment } });
      if (status !== 0) throw new Error('Redis is not healthy');
    },
  });
}

export const startExporter = (
  of: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<Program> =>
  startProgram(`prometheus-${of}-exporter`, [`--web.listen-address=127.0.0.1:${port}`], {
    environment,
    ready: () => textAt(`http://127.0.0.1:${port}/metrics`),
  });
