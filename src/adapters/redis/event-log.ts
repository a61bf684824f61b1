import type { EventLog } from '#core/ports/event-log.ts';
import { doneWithin } from '#core/runtime/deadline.ts';
import { parseCursor } from '#core/turn/cursor.ts';
import { type MemoryEventLogOptions, memoryEventLog } from '../memory/event-log.ts';
import type { RedisConnection } from './connection.ts';
import { LogFollower } from './log-follower.ts';
import { LogMirror, type StreamNames } from './log-mirror.ts';

export interface RedisEventLogOptions extends MemoryEventLogOptions {
  readonly prefix?: string;
}

/** Milliseconds that a reader waits for the stream of another replica's generation; then the store tells it. */
const PATIENCE = 250;

/**
 * The event log of several replicas: in memory where the generation runs, mirrored to a Redis Stream. Other replicas
 * copy the stream into their memory while they have readers. So Redis is never the only copy, and readers at the writer never
 * wait for it.
 */
export function redisEventLog(redis: RedisConnection, options: RedisEventLogOptions = {}): EventLog {
  const { prefix = 'parley:', ...memory } = options;
  const log = memoryEventLog(memory);
  const mirrors = new Map<string, { readonly epoch: number; readonly mirror: LogMirror }>();
  const followers = new Map<string, { readonly follower: LogFollower; readonly started: Promise<boolean> }>();
  const names: StreamNames = {
    stream: (id) => `${prefix}log:${id}`,
    epoch: (id) => `${prefix}epoch:${id}`,
    channel: (id) => `${prefix}wake:${id}`,
  };
  const subscriber = redis.subscriber();
  subscriber.on('message', (channel: string) =>
    followers.get(channel.slice(names.channel('').length))?.follower.wake(),
  );

  const follow = (generationId: string): Promise<boolean> => {
    const known = followers.get(generationId);
    if (known) return known.started;
    const channel = names.channel(generationId);
    const end = () => {
      if (followers.get(generationId)?.follower === follower) followers.delete(generationId);
      subscriber.unsubscribe(channel).catch(() => undefined);
    };
    const follower = new LogFollower(redis.commands, names, generationId, log, end);
    // Subscribe, then replay: so nothing falls in between.
    const started = doneWithin(
      PATIENCE,
      subscriber.subscribe(channel).catch(() => undefined),
    ).then(() => follower.start());
    followers.set(generationId, { follower, started });
    return started;
  };

  return {
    shared: true,

    open(generationId, epoch) {
      followers.get(generationId)?.follower.end();
      log.open(generationId, epoch);
      const before = mirrors.get(generationId);
      if (before && before.epoch >= epoch) return;
      const refused = () => {
        if (mirrors.get(generationId)?.epoch === epoch) mirrors.delete(generationId);
        log.abandon(generationId, epoch);
      };
      mirrors.set(generationId, { epoch, mirror: new LogMirror(redis.commands, names, generationId, epoch, refused) });
    },

    append(generationId, epoch, event) {
      const taken = log.append(generationId, epoch, event);
      const mirrored = mirrors.get(generationId);
      if (taken && mirrored?.epoch === epoch) mirrored.mirror.append(event);
      return taken;
    },

    close(generationId, epoch) {
      log.close(generationId, epoch);
      const mirrored = mirrors.get(generationId);
      if (mirrored?.epoch !== epoch) return;
      mirrored.mirror.close();
      mirrors.delete(generationId);
    },

    abandon(generationId, epoch) {
      if (mirrors.get(generationId)?.epoch === epoch) mirrors.delete(generationId);
      log.abandon(generationId, epoch);
    },

    async read(generationId, cursor, signal) {
      parseCursor(cursor);
      const here = await log.read(generationId, cursor, signal);
      if (here) return here;
      return (await follow(generationId)) ? log.read(generationId, cursor, signal) : undefined;
    },

    isWhole: (generationId) => log.isWhole(generationId),

    async stop() {
      const writing = Promise.all([...mirrors.values()].map(({ mirror }) => mirror.settled()));
      for (const { follower } of [...followers.values()]) follower.end();
      await doneWithin(PATIENCE, writing);
      await log.stop();
    },
  };
}
