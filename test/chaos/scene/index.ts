/** Three real replicas behind the real nginx, on a PostgreSQL and a Redis of their own, and a provider: all that faults are put into. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATOR_KEY } from '../../support/app.ts';
import { client } from '../../support/client.ts';
import { type Nginx, startNginx } from '../../support/nginx.ts';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres-server.ts';
import { killProcesses } from '../../support/process.ts';
import { hasProgram } from '../../support/programs.ts';
import { type OwnRedis, startRedis } from '../../support/redis-server.ts';
import { type Provider, startProvider } from './provider.ts';
import { Replica } from './replica.ts';
import { StoreReader } from './store.ts';

export interface SceneOptions {
  readonly leaseMs: number;
  /** Milliseconds before each word of the provider. */
  readonly delayMs: number;
  /** Folder of the replicas' output. */
  readonly logs: string;
  /** For all replicas, beside those that the scene needs. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Scene {
  /** Of nginx: all that clients know. */
  readonly url: string;
  /** By name: their keys. */
  readonly viewers: ReadonlyMap<string, string>;
  readonly replicas: readonly Replica[];
  readonly postgres: OwnPostgres;
  readonly redis: OwnRedis;
  readonly provider: Provider;
  readonly store: StoreReader;
  readonly leaseMs: number;
  close(): Promise<void>;
}

const VIEWERS = ['viewera', 'viewerb', 'viewerc'];

export const isPossible = hasProgram('nginx') && hasProgram('redis-server');

export async function startScene({ leaseMs, delayMs, logs, settings = {} }: SceneOptions): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-chaos-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const provider = await startProvider(delayMs);
  const postgres = await startOwnPostgres(join(folder, 'postgres'), await lowPort());
  const redis = await startRedis();
  const start = async (number: number) =>
    Replica.start({
      ...{ number, port: await lowPort(), folder: join(folder, `replica-${number}`) },
      log: join(logs, `replica-${number}.log`),
      ...{ postgresUrl: postgres.url, redisUrl: redis.url },
      settings: { ...replicaSettings(provider, leaseMs), ...settings },
    });
  // The first one migrates the database.
  const replicas = [await start(0), ...(await Promise.all([start(1), start(2)]))];
  const nginx: Nginx = await startNginx(
    replicas.map(({ url }) => url),
    undefined,
    (text) => text.replace('"$time_iso8601"', '$msec'),
  );
  const store = new StoreReader(postgres.url);
  return {
    ...{ url: nginx.url, replicas, postgres, redis, provider, store, leaseMs },
    viewers: await keysOf(nginx.url),
    async close() {
      const lines = nginx.log().map((line) => JSON.stringify(line));
      writeFileSync(join(logs, 'nginx.log'), `${lines.join('\n')}\n`);
      await nginx.stop();
      killProcesses();
      await store.close();
      await Promise.all(replicas.map((replica) => replica.close()));
      await Promise.all([redis.kill(), postgres.stop('SIGQUIT'), provider.close()]);
    },
  };
}

const replicaSettings = (provider: Provider, leaseMs: number): Readonly<Record<string, string>> => ({
  ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, TRUSTED_PROXIES: '127.0.0.1', VIEWER_SHARE: '1' },
  ...{ MODEL_BALANCED: 'openai-compatible:chaos', OPENAI_BASE_URL: provider.url },
  ...{ GENERATION_LEASE: `${leaseMs}`, SHUTDOWN_TIMEOUT: '500', ENABLE_HYBRID_RETRIEVAL: 'false' },
  ...{ ENABLE_QUALITY_EVALUATION: 'true', ENABLE_CACHING: 'true' },
  DEADLINE_FACTOR: '1', // the bounds of the checker are those of an ordinary machine
  PARLEY_PLUGINS: './test/chaos/scene/failing-plugin.ts',
});

async function keysOf(url: string): Promise<ReadonlyMap<string, string>> {
  const operator = client(url, OPERATOR_KEY);
  const create = 'mutation($subject: String!) { createApiKey(input: { name: "chaos", subject: $subject }) { secret } }';
  const keys = new Map<string, string>();
  for (const subject of VIEWERS) {
    const { data, errors } = await operator.request(create, { subject });
    if (errors) throw new Error(JSON.stringify(errors));
    keys.set(subject, data.createApiKey.secret);
  }
  return keys;
}

/** A free port below those that the kernel gives to outgoing connections: it stays free while its server is away. */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
