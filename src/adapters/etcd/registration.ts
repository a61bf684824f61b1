/** A service's entry in etcd, for as long as the process lives. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { warn } from '#core/runtime/diagnostics.ts';
import { PREFIX, SERVICE_PROTOCOL } from './directory.ts';
import { EtcdGateway } from './gateway.ts';

/** Seconds after which etcd forgets a process that says nothing: the least that it grants. */
const TTL = 2;
/** Milliseconds between signs of life, after one that failed, and that one may take: after a lost one there is time for another. */
const EVERY = 500;
const RETRY_AFTER = 200;
const PATIENCE = 600;

export interface RegistrationOptions {
  /** ETCD_URL */
  readonly url: string;
  readonly service: string;
  /** Where the platform reaches this process, such as http://10.0.0.7:4000. */
  readonly address: string;
}

export class EtcdRegistration {
  readonly #gateway: EtcdGateway;
  readonly #key: string;
  readonly #value: string;
  readonly #stopped = new AbortController();
  #lease: string | null = null;
  #away = false;
  #running: Promise<void> = Promise.resolve();

  constructor({ url, service, address }: RegistrationOptions) {
    this.#gateway = new EtcdGateway(url);
    this.#key = `${PREFIX}${service}/${randomUUID()}`;
    this.#value = JSON.stringify({ url: address, protocol: SERVICE_PROTOCOL });
  }

  /** True while etcd has the entry, as far as it is known here. */
  get registered(): boolean {
    return this.#lease !== null && !this.#away;
  }

  /** Returns at once: a service runs and answers while etcd is away. */
  start(): void {
    this.#running = this.#keep();
  }

  /** Takes the entry out, so that no call comes any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    if (this.#lease === null) return;
    await this.#gateway.revoke(this.#lease, AbortSignal.timeout(500)).catch(() => undefined);
    this.#lease = null;
  }

  /** Signs of life; where the lease is lost, a new one, and the entry again: etcd removed it with the lease. */
  async #keep(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
        if (this.#lease === null || !(await this.#gateway.keepAlive(this.#lease, within))) await this.#register(within);
        this.#away = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!this.#away) warn('etcd', 'etcd does not answer; this service is registered again when it does', error);
        this.#away = true;
      }
      await sleep(this.#away ? RETRY_AFTER : EVERY, undefined, { signal }).catch(() => undefined);
    }
  }

  async #register(signal: AbortSignal): Promise<void> {
    this.#lease = null;
    const lease = await this.#gateway.grant(TTL, signal);
    await this.#gateway.put(this.#key, this.#value, lease, signal);
    this.#lease = lease;
  }
}
