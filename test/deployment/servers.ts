/** PostgreSQL, Redis and their exporters, by the commands of docker-compose.enhanced.yml, on ports of loopback. */
import { spawnSync } from 'node:child_process';
import { yamlOf } from '../support/monitoring.ts';
import { postgresProgram, startOwnPostgres } from '../support/postgres-server.ts';
import { hasProgram, type Program, startProgram, textAt } from '../support/programs.ts';

export const REDIS_PASSWORD = 'a-password-of-redis';
/** Of PostgreSQL here. */
export const MAX_CONNECTIONS = 30;
/** What Redis may take here. */
export const REDIS_BYTES = 64_000_000;

const NEEDED = [
  ...['prometheus', 'prometheus-alertmanager', 'redis-server'],
  ...['prometheus-postgres-exporter', 'prometheus-redis-exporter', 'nginx', 'prometheus-nginx-exporter', 'etcd'],
];
export const isPresent = NEEDED.every(hasProgram) && postgresProgram('postgres') !== undefined;
export const REMEDY =
  'set PROMETHEUS_URL: scripts/services/services install postgres redis etcd nginx alertmanager postgres-exporter redis-exporter nginx-exporter, up prometheus';

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

/** PostgreSQL with compose's command. */
export async function startPostgres(folder: string, port: number): Promise<Program> {
  const flags = (serviceOf('postgres').command ?? []).slice(1);
  return (await startOwnPostgres(folder, port, [...flags, '-c', `max_connections=${MAX_CONNECTIONS}`])).program();
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
  flags: readonly string[] = [],
): Promise<Program> =>
  startProgram(`prometheus-${of}-exporter`, [`--web.listen-address=127.0.0.1:${port}`, ...flags], {
    environment,
    ready: () => textAt(`http://127.0.0.1:${port}/metrics`),
  });
