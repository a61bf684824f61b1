import { Redis, type RedisOptions } from 'ioredis';
import { warn } from '#core/runtime/diagnostics.ts';

export interface RedisConnection {
  /** Commands fail at once while the server is away, and after `COMMAND_TIMEOUT` where it does not answer. */
  readonly commands: Redis;
  /** A separate connection whose commands wait as long as the server lets them, for queues. */
  blocking(): Redis;
  /** A separate connection for subscriptions. They are restored after each reconnection. */
  subscriber(): Redis;
  /** Name and version for people: 'Redis 7.0.15'. Throws if the server does not answer. */
  check(): Promise<string>;
  stop(): Promise<void>;
}

/** Milliseconds; times DEADLINE_FACTOR, nothing in Parley waits longer for Redis. */
const COMMAND_TIMEOUT = 200;
const LONGEST_PAUSE = 2_000;

/**
 * Rejects each command that the server does not answer in time. ioredis' own `commandTimeout` fires before the loop reads its sockets:
 * if the event loop was stuck, answers that have arrived would count as late. This one reads them first.
 */
function withCommandTimeout(client: Redis, milliseconds: number): Redis {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const late = () => command.reject(new Error(`Redis did not answer ${command.name} within ${milliseconds} ms`));
    let lastPoll: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      lastPoll = setImmediate(late);
    }, milliseconds);
    const clear = () => {
      clearTimeout(timer);
      clearImmediate(lastPoll);
    };
    command.promise.then(clear, clear);
    return send(command, stream);
  };
  return client;
}

/** Connects in the background: a server that is away never holds up a start or a request. */
export function connectRedis(
  url: string,
  { deadlineFactor = 1 }: { readonly deadlineFactor?: number } = {},
): RedisConnection {
  const all: Redis[] = [];
  let away = false;
  const open = (options: RedisOptions): Redis => {
    const client = new Redis(url, {
      maxRetriesPerRequest: 0,
      ...options,
      connectTimeout: 2_000,
      retryStrategy: (attempt) => Math.min(LONGEST_PAUSE, 50 * 2 ** Math.min(attempt, 10)),
    });
    client.on('error', (error: Error) => {
      if (!away) warn('redis', 'Redis does not answer; replicas know less of each other until it does', error);
      away = true;
    });
    client.on('ready', () => {
      away = false;
    });
    all.push(client);
    return client;
  };
  const commands = withCommandTimeout(open({ enableOfflineQueue: false }), COMMAND_TIMEOUT * deadlineFactor);

  return {
    commands,
    blocking: () => open({ enableOfflineQueue: true, maxRetriesPerRequest: null }),
    subscriber: () => open({ enableOfflineQueue: true }),
    async check() {
      const server = await commands.info('server');
      return `Redis ${/redis_version:(\S+)/.exec(server)?.[1] ?? ''}`.trim();
    },
    async stop() {
      for (const client of all) client.disconnect();
    },
  };
}
