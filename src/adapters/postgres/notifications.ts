/** Messages between replicas over PostgreSQL's NOTIFY: https://www.postgresql.org/docs/current/sql-notify.html */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { warn } from '#core/runtime/diagnostics.ts';
import { Backoff } from '#core/runtime/retry.ts';
import { Fragments, fragmentsOf } from './fragments.ts';

export interface Message {
  readonly channel: string;
  readonly text: string;
}

export interface Notifications {
  /** Sends all of them, in order. Rejects where the server does not answer: they are not sent again. */
  send(messages: readonly Message[]): Promise<void>;
  /** The listener gets what every process sends on the channel, this one included. Answers the way to stop. */
  listen(channel: string, listener: (text: string) => void): () => void;
  /** Resolves when the first connection is there, or has failed. */
  readonly connected: Promise<void>;
  /** Called each time that the connection is there again: what was sent meanwhile is lost. */
  onReconnect(listener: () => void): void;
  stop(): Promise<void>;
}

/** Milliseconds. */
const CONNECT = 2_000;
const STATEMENT = 2_000;
/** A connection whose other end vanished says nothing: so often it is asked. */
const HEARTBEAT = 5_000;

/**
 * One connection that listens and sends; it is made again whenever it breaks. A pooler that lends connections for one transaction
 * delivers nothing: POSTGRES_URL must reach the server, or the pooler's session mode.
 */
export function connectNotifications(url: string): Notifications {
  const listeners = new Map<string, Set<(text: string) => void>>();
  const reconnected: (() => void)[] = [];
  const fragments = new Fragments();
  const backoff = new Backoff({ firstMs: 50, longestMs: 2_000 });
  let current: Client | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const receive = ({ channel, payload = '' }: { readonly channel: string; readonly payload?: string | undefined }) => {
    const text = fragments.take(payload);
    if (text !== undefined) for (const listener of listeners.get(channel) ?? []) listener(text);
  };

  const connect = async () => {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT,
      statement_timeout: STATEMENT,
      query_timeout: STATEMENT,
      keepAlive: true,
      application_name: 'parley notifications',
    });
    let over = false;
    const again = (error?: Error) => {
      if (over) return;
      over = true;
      if (current === client) current = undefined;
      client.end().catch(() => undefined);
      if (stopped) return;
      if (error) warn('notifications', 'the connection for messages between servers broke; it is made again', error);
      timer = setTimeout(() => void connect(), backoff.next());
      timer.unref();
    };
    client.on('error', again);
    client.on('end', () => again());
    client.on('notification', receive);
    try {
      await client.connect();
      for (const channel of listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      return again(error as Error);
    }
    if (stopped) return again();
    current = client;
    backoff.reset();
    for (const listener of reconnected) listener();
  };
  const connecting = connect();

  /** One after the other, as the client has it. */
  const query = (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    const run = async () => {
      if (!current) throw new Error('there is no connection to PostgreSQL');
      await current.query(text, [...values]);
    };
    last = last.then(run, run);
    return last;
  };

  const heartbeat = setInterval(() => {
    const client = current;
    if (client) query('SELECT 1').catch((error) => client.emit('error', error));
  }, HEARTBEAT);
  heartbeat.unref();

  return {
    connected: connecting,

    async send(messages) {
      const parts = messages.flatMap(({ channel, text }) =>
        fragmentsOf(text, randomUUID).map((part) => ({ channel, part })),
      );
      await query('SELECT pg_notify(c, p) FROM unnest($1::text[], $2::text[]) AS t(c, p)', [
        parts.map(({ channel }) => channel),
        parts.map(({ part }) => part),
      ]);
    },

    listen(channel, listener) {
      const known = listeners.get(channel);
      const all = known ?? new Set();
      listeners.set(channel, all.add(listener));
      if (!known && current) query(`LISTEN ${channel}`).catch(() => undefined);
      return () => void all.delete(listener);
    },

    onReconnect: (listener) => void reconnected.push(listener),

    async stop() {
      stopped = true;
      clearInterval(heartbeat);
      clearTimeout(timer);
      await connecting;
      await current?.end().catch(() => undefined);
    },
  };
}
