/**
 * Parley with all that watches it, as docker-compose.enhanced.yml has them, in processes of their own: PostgreSQL and Redis with their
 * exporters, Prometheus and Alertmanager with the files of monitoring/. Of these copies are made that differ in addresses and in
 * times alone: seconds for minutes.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { stringify } from 'yaml';
import { OPERATOR_KEY } from '../support/app.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { RULES, yamlOf } from '../support/monitoring.ts';
import { type RunningProcess, startProcess } from '../support/process.ts';
import { freePort, hasProgram, type Program, startProgram, textAt } from '../support/programs.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

const TOKEN = 'scrapes-with-this-token';
/** Of PostgreSQL here. */
export const MAX_CONNECTIONS = 30;
const REDIS_BYTES = 64_000_000;

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

/** What a range of the rules becomes; so that the three windows of one rule stay in their order. */
const SHORT: Readonly<Record<string, string>> = {
  ...{ '1m': '5s', '5m': '8s', '10m': '8s', '15m': '90s', '30m': '10s', '1h': '12s', '6h': '16s', '7d': '12s' },
};
const shortRules = (text: string): string =>
  text.replaceAll(/\[(\w+)\]/g, (_, range: string) => `[${SHORT[range]}]`).replaceAll(/^( +for: ).*$/gm, '$12s');

export interface Notification {
  readonly title: string;
  readonly text: string;
}
export interface Scene {
  readonly provider: FakeProvider;
  readonly parley: RunningProcess;
  readonly database: Tunnel;
  /** PostgreSQL, not by way of `database`. */
  readonly postgresUrl: string;
  /** Ends every connection to PostgreSQL but its own. */
  endConnections(): Promise<void>;
  readonly redis: { readonly program: Program; readonly client: Redis; readonly bytes: number };
  readonly redisExporter: Program;
  readonly notifications: readonly Notification[];
  startParley(): Promise<void>;
  startRedisExporter(): Promise<void>;
  /** Whether Prometheus knows of Parley at all. */
  announce(known: boolean): void;
  /** What a PromQL expression answers. */
  query(expr: string): Promise<readonly { readonly metric: Readonly<Record<string, string>> }[]>;
  /** Names of the alerts that Alertmanager has. */
  alerts(): Promise<ReadonlySet<string>>;
  stop(): Promise<void>;
}

export async function startScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-scene-'));
  chmodSync(folder, 0o755);
  const stops: (() => Promise<unknown>)[] = [];
  const onStop = <T>(part: T, stop: (part: T) => Promise<unknown>): T => {
    stops.push(() => stop(part));
    return part;
  };
  const stop = (program: Program) => program.stop();
  const ports = {
    ...{ postgres: await freePort(), redis: await freePort(), parley: await freePort() },
    ...{ 'postgres-exporter': await freePort(), 'redis-exporter': await freePort() },
    ...{ prometheus: await freePort(), alertmanager: await freePort() },
  };
  const provider = onStop(await startFakeProvider(), (one) => one.close());
  const postgresUrl = `postgresql://postgres@127.0.0.1:${ports.postgres}/postgres`;
  onStop(await startPostgres(join(folder, 'postgres'), ports.postgres), stop);
  const superuser = onStop(new Pool({ connectionString: postgresUrl, max: 1, idleTimeoutMillis: 0 }), (one) =>
    one.end(),
  );
  superuser.on('error', () => undefined);
  await superuser.query('SELECT 1');
  const database = onStop(await startTunnel(ports.postgres), (one) => one.close());
  const redisProgram = onStop(await startRedis(folder, ports.redis), stop);
  const client = onStop(new Redis(ports.redis, { retryStrategy: () => 200 }), async (one) => one.disconnect());
  const webhook = onStop(await startWebhook(), (one) => one.close());

  const parleyNow = { process: undefined as RunningProcess | undefined };
  onStop(parleyNow, async ({ process }) => process?.terminate());
  const startParley = async () => {
    parleyNow.process = await startProcess(parleySettings(folder, ports, database.url, provider.url));
  };
  const exporterNow = { redis: undefined as Program | undefined };
  onStop(exporterNow, async ({ redis }) => redis?.stop());
  const startRedisExporter = async () => {
    exporterNow.redis = await startExporter('redis', ports['redis-exporter'], {
      REDIS_ADDR: `redis://127.0.0.1:${ports.redis}`,
    });
  };
  await Promise.all([startParley(), startRedisExporter()]);
  onStop(
    await startExporter('postgres', ports['postgres-exporter'], { DATA_SOURCE_NAME: `${postgresUrl}?sslmode=disable` }),
    stop,
  );
  const announce = writePrometheus(folder, ports);
  announce(true);
  writeAlertmanager(folder, webhook.url);
  onStop(await startAlertmanager(folder, ports.alertmanager), stop);
  onStop(await startPrometheus(folder, ports.prometheus), stop);

  const present = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('it does not run');
    return part;
  };
  return {
    provider,
    get parley() {
      return present(parleyNow.process);
    },
    database,
    postgresUrl,
    async endConnections() {
      await superuser.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL',
      );
    },
    redis: { program: redisProgram, client, bytes: REDIS_BYTES },
    get redisExporter() {
      return present(exporterNow.redis);
    },
    notifications: webhook.notifications,
    startParley,
    startRedisExporter,
    announce,
    async query(expr) {
      const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?${new URLSearchParams({ query: expr })}`;
      return JSON.parse(await textAt(url)).data.result;
    },
    async alerts() {
      const all = JSON.parse(await textAt(`http://127.0.0.1:${ports.alertmanager}/api/v2/alerts`));
      return new Set(all.map(({ labels }: { labels: Record<string, string> }) => labels['alertname']));
    },
    async stop() {
      for (const end of stops.toReversed()) await end();
    },
  };
}

type Ports = Readonly<Record<string, number>>;

const parleySettings = (folder: string, ports: Ports, databaseUrl: string, providerUrl: string) => ({
  PORT: String(ports['parley']),
  DATA_DIR: join(folder, 'data'),
  BOOTSTRAP_API_KEY: OPERATOR_KEY,
  METRICS_TOKEN: TOKEN,
  POSTGRES_URL: `postgresql://postgres@${new URL(databaseUrl).host}/postgres`,
  DATABASE_POOL_SIZE: '5',
  REDIS_URL: `redis://127.0.0.1:${ports['redis']}`,
  OPENAI_BASE_URL: providerUrl,
  MODEL_BALANCED: 'openai-compatible:balanced',
  MODEL_LIGHT: 'openai-compatible:light',
  MODEL_STRONG: 'openai-compatible:strong',
  JUDGE_MODEL: 'openai-compatible:judge',
  EMBEDDING_MODEL: 'none',
  ENABLE_QUALITY_EVALUATION: 'true',
  ENABLE_MODEL_ROUTING: 'true',
  ENABLE_CACHING: 'true',
  MAX_CONCURRENT_REQUESTS: '8',
  VIEWER_SHARE: '1',
  PARLEY_PLUGINS: resolve('test/deployment/faults-plugin.ts'),
});

async function startPostgres(folder: string, port: number): Promise<Program> {
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
    ...['postgres', '-D', join(folder, 'data'), '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
    ...['-c', `unix_socket_directories=${folder}`, '-c', `max_connections=${MAX_CONNECTIONS}`, '-c', 'fsync=off'],
  );
  const pool = new Pool({ connectionString: `postgresql://postgres@127.0.0.1:${port}/postgres`, max: 1 });
  const running = await startProgram(program, args, { ready: () => pool.query('SELECT 1') });
  await pool.end();
  return running;
}

const startRedis = (folder: string, port: number): Promise<Program> => {
  const client = new Redis(port, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  return startProgram(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--maxmemory', String(REDIS_BYTES), '--maxmemory-policy', 'noeviction'],
    ],
    { ready: () => client.connect().then(() => client.disconnect()) },
  );
};

const startExporter = (of: string, port: number, environment: Readonly<Record<string, string>>): Promise<Program> =>
  startProgram(`prometheus-${of}-exporter`, [`--web.listen-address=127.0.0.1:${port}`], {
    environment,
    ready: () => textAt(`http://127.0.0.1:${port}/metrics`),
  });

const startPrometheus = (folder: string, port: number): Promise<Program> =>
  startProgram(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=1s',
    ],
    { ready: () => textAt(`http://127.0.0.1:${port}/-/ready`) },
  );

const startAlertmanager = (folder: string, port: number): Promise<Program> =>
  startProgram(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { ready: () => textAt(`http://127.0.0.1:${port}/-/ready`) },
  );

/** Writes prometheus.yml, its rules and its token; what comes back says whether Parley is among the targets. */
function writePrometheus(folder: string, ports: Ports): (known: boolean) => void {
  const token = join(folder, 'token');
  const targets = join(folder, 'targets.json');
  const {
    alerting: _,
    scrape_configs: jobs,
    ...rest
  } = yamlOf('monitoring/prometheus.yml') as {
    alerting: unknown;
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[] }[] }[];
  };
  const config = {
    ...rest,
    // A scrape takes over a second while a store does not answer.
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports['alertmanager']}`] }] }] },
    scrape_configs: jobs.map(({ dns_sd_configs: found, ...job }) => ({
      ...job,
      ...(job.job_name === 'llm-api'
        ? { file_sd_configs: [{ files: [targets], refresh_interval: '1s' }] }
        : {
            static_configs: [
              {
                targets: found
                  .flatMap(({ names }) => names)
                  .flatMap((name) => (ports[name] ? [`127.0.0.1:${ports[name]}`] : [])),
              },
            ],
          }),
    })),
  };
  writeFileSync(token, TOKEN);
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config).replaceAll('/run/secrets/metrics_token', token));
  writeFileSync(join(folder, 'alert-rules.yml'), shortRules(readFileSync(RULES, 'utf8')));
  return (known) =>
    writeFileSync(targets, JSON.stringify(known ? [{ targets: [`127.0.0.1:${ports['parley']}`] }] : []));
}

function writeAlertmanager(folder: string, webhookUrl: string): void {
  const address = join(folder, 'webhook');
  writeFileSync(address, webhookUrl);
  const config = readFileSync('monitoring/alertmanager.yml', 'utf8')
    .replaceAll('/run/secrets/alert_slack_url', address)
    .replaceAll(/(group_wait|group_interval): \w+/g, '$1: 1s');
  writeFileSync(join(folder, 'alertmanager.yml'), config);
}

/** A webhook that takes Slack's messages. */
async function startWebhook() {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    notifications.push(...JSON.parse(Buffer.concat(chunks).toString()).attachments);
    response.end('ok');
  });
  await new Promise<void>((resolveListening) => server.listen(0, '127.0.0.1', resolveListening));
  return {
    notifications,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolveClosed) => server.close(() => resolveClosed()));
    },
  };
}
