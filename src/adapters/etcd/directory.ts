/** The services that etcd knows, kept up by a watch. */
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceDirectory } from '#core/ports/services.ts';
import { emit, warn } from '#core/runtime/diagnostics.ts';
import { outside } from '#core/runtime/work.ts';
import { EtcdGateway, type KeyValue } from './gateway.ts';

/** Keys are `/parley/services/NAME/ID`. */
export const PREFIX = '/parley/services/';
/** The version of the calls between the platform and its services. A service of another version is not called. */
export const SERVICE_PROTOCOL = 1;

/** Milliseconds after which the services are listed again, and the watch begins again: one that is stuck ends too. */
const WATCH_FOR = 10_000;
const RETRY_AFTER = 500;
/** Processes of one service that are called. */
const MOST_INSTANCES = 64;

export interface EtcdDirectoryOptions {
  readonly url: string;
  /** The services that are called. Other names in etcd are ignored, so that nobody makes labels of metrics there. */
  readonly services: readonly string[];
  /** True: only addresses of this machine are called, as without a secret. */
  readonly loopbackOnly: boolean;
}

export class EtcdDirectory implements ServiceDirectory {
  readonly #gateway: EtcdGateway;
  readonly #services: ReadonlySet<string>;
  readonly #loopbackOnly: boolean;
  readonly #stopped = new AbortController();
  /** Addresses by key. */
  readonly #known = new Map<string, string>();
  #addresses = new Map<string, readonly string[]>();
  #away = false;
  #running: Promise<void> = Promise.resolve();

  constructor({ url, services, loopbackOnly }: EtcdDirectoryOptions) {
    this.#gateway = new EtcdGateway(url);
    this.#services = new Set(services);
    this.#loopbackOnly = loopbackOnly;
  }

  addresses(service: string): readonly string[] {
    return this.#addresses.get(service) ?? [];
  }

  /** Waits for the first list, or until etcd did not answer once: a start goes on without it. */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#running = outside(() => this.#follow(first.resolve));
    await first.promise;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Lists, then watches from there on; again after a while, and after each failure. While etcd is away, what was known holds. */
  async #follow(tried: () => void): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const watching = AbortSignal.timeout(WATCH_FOR);
      try {
        const { revision, found } = await this.#gateway.list(PREFIX, signal);
        this.#replace(found);
        this.#answers(true);
        tried();
        for await (const { put, deleted } of this.#gateway.watch(
          PREFIX,
          revision + 1n,
          AbortSignal.any([signal, watching]),
        ))
          this.#change(put, deleted);
      } catch (error) {
        tried();
        if (watching.aborted || signal.aborted) continue;
        this.#answers(false, error);
        await sleep(RETRY_AFTER, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #answers(now: boolean, error?: unknown): void {
    if (!now && !this.#away)
      warn('etcd', 'etcd does not answer; the services that were known last are called until it does', error);
    this.#away = !now;
  }

  #replace(found: readonly KeyValue[]): void {
    this.#known.clear();
    this.#change(found, []);
  }

  #change(put: readonly KeyValue[], deleted: readonly string[]): void {
    for (const key of deleted) this.#known.delete(key);
    for (const { key, value } of put) {
      const address = this.#services.has(serviceOf(key)) ? addressIn(value, this.#loopbackOnly) : undefined;
      if (address === undefined) this.#known.delete(key);
      else this.#known.set(key, address);
    }
    const next = new Map<string, string[]>();
    for (const [key, address] of this.#known) {
      const name = serviceOf(key);
      const all = next.get(name) ?? [];
      if (all.length < MOST_INSTANCES && !all.includes(address)) next.set(name, [...all, address]);
    }
    for (const service of new Set([...this.#addresses.keys(), ...next.keys()]))
      emit('parley:service-instances', { service, count: next.get(service)?.length ?? 0 });
    this.#addresses = next;
  }
}

const serviceOf = (key: string): string => key.slice(PREFIX.length).split('/', 1)[0] ?? '';

/** The address that a service wrote; undefined for what is none, or may not be called. */
function addressIn(value: string, loopbackOnly: boolean): string | undefined {
  try {
    const { url, protocol } = JSON.parse(value) as { readonly url?: unknown; readonly protocol?: unknown };
    if (protocol !== SERVICE_PROTOCOL || typeof url !== 'string' || !URL.canParse(url)) return undefined;
    const { protocol: scheme, username, password, hostname, origin } = new URL(url);
    if ((scheme !== 'http:' && scheme !== 'https:') || username !== '' || password !== '') return undefined;
    return loopbackOnly && !isLoopback(hostname) ? undefined : origin;
  } catch {
    return undefined;
  }
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
