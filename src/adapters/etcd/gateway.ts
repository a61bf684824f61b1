/**
 * etcd's JSON gateway: its gRPC services over HTTP, keys and values in base64, 64-bit numbers as texts
 * (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/).
 */

/** Milliseconds that etcd has for a call. */
const PATIENCE = 1_000;
/** Characters of a line of a watch, and of an answer. */
const LONGEST = 4_194_304;

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}
export interface Changes {
  /** The revision of the store after these changes. */
  readonly revision: bigint;
  readonly put: readonly KeyValue[];
  readonly deleted: readonly string[];
}

/** etcd answered an error, or something that is none of its answers. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
}

export class EtcdGateway {
  readonly #url: string;
  readonly #user: { readonly name: string; readonly password: string } | null;
  #token: Promise<string> | null = null;

  /** A name and password in the URL sign in to an etcd with authentication. */
  constructor(address: string) {
    const url = new URL(address);
    const { username: name, password } = url;
    this.#user = name === '' ? null : { name: decodeURIComponent(name), password: decodeURIComponent(password) };
    url.username = url.password = '';
    this.#url = url.href.replace(/\/$/, '');
  }

  /** All keys that begin with the prefix, and the revision of the store. */
  async list(prefix: string, signal: AbortSignal): Promise<{ readonly revision: bigint; readonly found: KeyValue[] }> {
    const answer = await this.#call('kv/range', rangeOf(prefix), signal);
    const { header, kvs = [] } = answer as { header?: Header; kvs?: RawKeyValue[] };
    return { revision: revisionOf(header), found: kvs.map(keyValueOf) };
  }

  /** Grants a lease of so many seconds. Returns its id. */
  async grant(seconds: number, signal: AbortSignal): Promise<string> {
    const { ID: id } = await this.#call('lease/grant', { TTL: String(seconds) }, signal);
    if (typeof id !== 'string') throw new EtcdError('etcd granted no lease');
    return id;
  }

  /** True while the lease holds: it then holds for its whole time again. */
  async keepAlive(lease: string, signal: AbortSignal): Promise<boolean> {
    const { result } = await this.#call('lease/keepalive', { ID: lease }, signal);
    return Number((result as { TTL?: string } | undefined)?.TTL ?? 0) > 0;
  }

  async put(key: string, value: string, lease: string, signal: AbortSignal): Promise<void> {
    await this.#call('kv/put', { key: base64(key), value: base64(value), lease }, signal);
  }

  /** Ends a lease, and removes its keys. */
  async revoke(lease: string, signal: AbortSignal): Promise<void> {
    await this.#call('lease/revoke', { ID: lease }, signal);
  }

  /** The changes of keys with the prefix, from that revision on, until the signal aborts. Throws where the watch breaks off. */
  async *watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<Changes> {
    const create = { create_request: { ...rangeOf(prefix), start_revision: String(from) } };
    const response = await this.#send('watch', create, signal);
    if (!response.ok || !response.body) throw new EtcdError(`etcd answered ${response.status} to a watch`);
    for await (const line of linesOf(response.body)) {
      const { result, error } = JSON.parse(line) as { result?: WatchResult; error?: unknown };
      if (!result || error !== undefined) throw new EtcdError('etcd ended the watch');
      if (result.canceled) throw new EtcdError('etcd cancelled the watch');
      const { header, events = [] } = result;
      if (events.length > 0) yield changesOf(revisionOf(header), events);
    }
    throw new EtcdError('the watch broke off');
  }

  async #call(path: string, body: object, signal: AbortSignal): Promise<Record<string, unknown>> {
    const response = await this.#send(path, body, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
    const text = await response.text();
    if (!response.ok) {
      if (response.status === 401) this.#token = null; // a token that has expired, or that another etcd made
      throw new EtcdError(`etcd answered ${response.status} to ${path}: ${text.slice(0, 200)}`);
    }
    const answer: unknown = JSON.parse(text.slice(0, LONGEST));
    if (typeof answer !== 'object' || answer === null) throw new EtcdError(`etcd answered no object to ${path}`);
    return answer as Record<string, unknown>;
  }

  async #send(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.#user && path !== 'auth/authenticate') headers['authorization'] = await this.#signedIn(signal);
    return fetch(`${this.#url}/v3/${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }

  #signedIn(signal: AbortSignal): Promise<string> {
    this.#token ??= this.#call('auth/authenticate', { ...this.#user }, signal).then(
      ({ token }) => String(token),
      (error) => {
        this.#token = null;
        throw error;
      },
    );
    return this.#token;
  }
}

interface Header {
  readonly revision?: string;
}
interface RawKeyValue {
  readonly key?: string;
  readonly value?: string;
}
interface WatchEvent {
  /** Absent: PUT. */
  readonly type?: 'DELETE';
  readonly kv?: RawKeyValue;
}
interface WatchResult {
  readonly header?: Header;
  readonly canceled?: boolean;
  readonly events?: readonly WatchEvent[];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const plain = (text = ''): string => Buffer.from(text, 'base64').toString();
const keyValueOf = ({ key, value }: RawKeyValue = {}): KeyValue => ({ key: plain(key), value: plain(value) });

function revisionOf(header: Header | undefined): bigint {
  if (typeof header?.revision !== 'string' || !/^\d+$/.test(header.revision))
    throw new EtcdError('etcd named no revision');
  return BigInt(header.revision);
}

/** From the prefix to the first key after all that begin with it. */
function rangeOf(prefix: string) {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1; // a prefix ends with a slash, never with the last of all bytes
  return { key: base64(prefix), range_end: end.toString('base64') };
}

const changesOf = (revision: bigint, events: readonly WatchEvent[]): Changes => ({
  revision,
  put: events.filter(({ type }) => type !== 'DELETE').map(({ kv }) => keyValueOf(kv)),
  deleted: events.filter(({ type }) => type === 'DELETE').map(({ kv }) => plain(kv?.key)),
});

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) throw new EtcdError('etcd wrote a line that is too long');
    yield* lines.filter((line) => line !== '');
  }
}
