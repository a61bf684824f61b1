/** One of the replicas: a process on a port of its own, with its own ways to PostgreSQL and Redis. */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProcess, startProcess } from '../../support/process.ts';
import { startTunnel, type Tunnel } from '../../support/tunnel.ts';
import type { Resources } from '../history/records.ts';

export interface ReplicaOptions {
  readonly number: number;
  readonly port: number;
  readonly folder: string;
  /** File of its output. */
  readonly log: string;
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly settings: Readonly<Record<string, string>>;
}

export class Replica {
  readonly number: number;
  readonly url: string;
  readonly postgres: Tunnel;
  readonly redis: Tunnel;
  process!: RunningProcess;
  readonly #options: ReplicaOptions;

  private constructor(options: ReplicaOptions, postgres: Tunnel, redis: Tunnel) {
    this.#options = options;
    this.number = options.number;
    this.url = `http://127.0.0.1:${options.port}`;
    this.postgres = postgres;
    this.redis = redis;
  }

  static async start(options: ReplicaOptions): Promise<Replica> {
    const portOf = (url: string) => Number(new URL(url).port);
    const replica = new Replica(
      options,
      await startTunnel(portOf(options.postgresUrl)),
      await startTunnel(portOf(options.redisUrl)),
    );
    await replica.open();
    return replica;
  }

  /** Starts its process, which resumes what a former one left. */
  async open(): Promise<void> {
    this.#keepOutput();
    const { port, folder, postgresUrl, redisUrl, settings } = this.#options;
    const through = (url: string, tunnel: Tunnel) => url.replace(new URL(url).host, new URL(tunnel.url).host);
    const environment = {
      ...{ PORT: `${port}`, DATA_DIR: folder },
      ...{ POSTGRES_URL: through(postgresUrl, this.postgres), REDIS_URL: through(redisUrl, this.redis) },
      ...settings,
    };
    // On a machine that is busy the first connection to PostgreSQL may time out.
    this.process = await startProcess(environment).catch(() => startProcess(environment));
  }

  /** The name under which it owns generations. */
  get owner(): string {
    const folder = join(this.#options.folder, 'replicas');
    const file = readdirSync(folder).find((name) => name.endsWith('.id')) ?? '';
    return readFileSync(join(folder, file), 'utf8').trim();
  }

  get isRunning(): boolean {
    return this.process.child.exitCode === null && this.process.child.signalCode === null;
  }

  async resources(): Promise<Omit<Resources, 'providerCalls'>> {
    const text = await (await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
    const figure = (name: string) => Number(new RegExp(`^${name} ([\\d.e+-]+)$`, 'm').exec(text)?.[1] ?? 0);
    const pid = this.process.child.pid;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    return {
      generations: figure('parley_generations_active') + figure('parley_generations_queued'),
      connections: figure('parley_connections'),
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: line('Threads'),
      megabytes: Math.round(line('VmRSS') / 1024),
    };
  }

  /** The output of its processes, to explain a violation. */
  #keepOutput(): void {
    if (this.process) appendFileSync(this.#options.log, this.process.output());
  }

  async close(): Promise<void> {
    this.#keepOutput();
    await Promise.all([this.postgres.close(), this.redis.close()]);
  }
}
