/**
 * Parley with all that watches it, as docker-compose.enhanced.yml has them, in processes of their own: PostgreSQL and Redis with their
 * exporters, Prometheus and Alertmanager with the files of monitoring/.
 */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { OPERATOR_KEY } from '../support/app.ts';
import { startEtcd } from '../support/etcd.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { type RunningProcess, startProcess } from '../support/process.ts';
import { freePort, type Program, textAt } from '../support/programs.ts';
import { startServiceProcess } from '../support/service.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';
import { REDIS_BYTES, REDIS_PASSWORD, startExporter, startPostgres, startRedis } from './servers.ts';
import {
  type Notification,
  type Ports,
  startAlertmanager,
  startPrometheus,
  startWebhook,
  TOKEN,
  writeAlertmanager,
  writePrometheus,
} from './watchers.ts';

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
  /** In front of Parley. */
  readonly nginx: Nginx;
  startNginx(): Promise<void>;
  /** intent-tracker, scraped as compose's services are; Parley finds it by etcd and calls it. */
  readonly service: RunningProcess;
  startService(): Promise<void>;
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
    ...{ prometheus: await freePort(), alertmanager: await freePort(), 'intent-tracker': await freePort() },
    ...{ 'nginx-exporter': await freePort(), nginx: await freePort(), status: await freePort() },
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
  const client = onStop(new Redis(ports.redis, { password: REDIS_PASSWORD, retryStrategy: () => 200 }), async (one) =>
    one.disconnect(),
  );
  const etcd = onStop(await startEtcd(), (one) => one.stop());
  const webhook = onStop(await startWebhook(), (one) => one.close());

  const parleyNow = { process: undefined as RunningProcess | undefined };
  onStop(parleyNow, async ({ process }) => process?.terminate());
  const startParley = async () => {
    parleyNow.process = await startProcess({
      DEADLINE_FACTOR: '1', // alerts are about a machine as it is
      ...parleySettings(folder, ports, database.url, provider.url),
      ETCD_URL: etcd.url,
    });
  };
  const exporterNow = { redis: undefined as Program | undefined };
  onStop(exporterNow, async ({ redis }) => redis?.stop());
  const startRedisExporter = async () => {
    exporterNow.redis = await startExporter('redis', ports['redis-exporter'], {
      REDIS_ADDR: `redis://127.0.0.1:${ports.redis}`,
      REDIS_PASSWORD,
    });
  };
  const frontNow = { nginx: undefined as Nginx | undefined, service: undefined as RunningProcess | undefined };
  onStop(frontNow, async ({ nginx, service }) => Promise.all([nginx?.stop(), service?.terminate()]));
  const startFront = async () => {
    const at = { port: ports.nginx, statusPort: ports.status };
    frontNow.nginx = await startNginx([`http://127.0.0.1:${ports.parley}`], at);
  };
  const startService = async () => {
    const settings = {
      ...{ PORT: String(ports['intent-tracker']), DATA_DIR: join(folder, 'service'), METRICS_TOKEN: TOKEN },
      ETCD_URL: etcd.url,
    };
    frontNow.service = await startServiceProcess('intent-tracker', settings);
  };
  await Promise.all([startParley(), startRedisExporter(), startFront(), startService()]);
  const scrapeUri = `--nginx.scrape-uri=http://127.0.0.1:${ports.status}/stub_status`; // as compose's command has it
  onStop(await startExporter('nginx', ports['nginx-exporter'], {}, [scrapeUri]), stop);
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
    get nginx() {
      return present(frontNow.nginx);
    },
    startNginx: startFront,
    get service() {
      return present(frontNow.service);
    },
    startService,
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

const parleySettings = (folder: string, ports: Ports, databaseUrl: string, providerUrl: string) => ({
  PORT: String(ports['parley']),
  DATA_DIR: join(folder, 'data'),
  BOOTSTRAP_API_KEY: OPERATOR_KEY,
  METRICS_TOKEN: TOKEN,
  POSTGRES_URL: `postgresql://postgres@${new URL(databaseUrl).host}/postgres`,
  DATABASE_POOL_SIZE: '5',
  REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:${ports['redis']}`,
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
