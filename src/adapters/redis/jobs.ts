import { DelayedError, type Job, Queue, QueueEvents, Worker } from 'bullmq';
import type { Jobs } from '#core/ports/jobs.ts';
import { doneWithin, untilAborted, within } from '#core/runtime/deadline.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import { carriedTrace, inWork } from '#core/runtime/work.ts';
import type { RedisConnection } from './connection.ts';

type Handler = Parameters<Jobs['handle']>[1];
interface Work {
  readonly id: string;
  /** Where the trace stands that queued it. */
  readonly trace?: string;
}
interface Kind {
  readonly queue: Queue<Work>;
  readonly events: QueueEvents;
  worker: Worker<Work> | undefined;
}

export interface RedisJobsOptions {
  /** Runs here what Redis does not take. */
  readonly local: Jobs;
  readonly prefix?: string;
}

/** Milliseconds that a request waits for Redis to take a job. */
const PATIENCE = 200;
/** Milliseconds between looks at a job that somebody waits for: a flushed server tells nothing of its end. */
const LOOK_EVERY = 5_000;
/** Milliseconds without a sign of life after which another worker gets the job, and between looks for such jobs. */
const LOCK = 10_000;
const LOOK_FOR_STALLED = 5_000;
/** Ended jobs that the queue board shows. */
const KEPT = { count: 200 };
/** BullMQ's largest priority number. */
const LAST = 2_097_152;

/**
 * Jobs in BullMQ's queues: whichever process handles a kind takes them. Redis is never the only copy: who adds a job finds it in the
 * store again. What Redis does not take at once runs here, or waits until somebody looks into the store. A job that is run twice is
 * refused by its lease in the store.
 */
export function redisJobs(redis: RedisConnection, { local, prefix = 'parley' }: RedisJobsOptions): Jobs {
  const kinds = new Map<string, Kind>();
  const handled = new Set<string>();
  const known = new Map<string, Promise<void>>();
  const outstanding = new Map<string, number>();
  const stopping = new AbortController();
  const shared = { prefix, skipVersionCheck: true };

  const kindOf = (name: string): Kind => {
    const existing = kinds.get(name);
    if (existing) return existing;
    const queue = new Queue<Work>(name, { ...shared, skipWaitingForReady: true, connection: redis.commands });
    const events = new QueueEvents(name, { ...shared, connection: redis.blocking() });
    // The connection tells of errors, once.
    queue.on('error', () => undefined);
    events.on('error', () => undefined);
    queue.setMaxListeners(0);
    events.setMaxListeners(0);
    const kind: Kind = { queue, events, worker: undefined };
    kinds.set(name, kind);
    return kind;
  };

  const process = (name: string, handler: Handler) => async (job: Job<Work>, token?: string) => {
    const { id, trace } = job.data;
    const { signal } = stopping;
    const outcome = inWork({ kind: 'job', job: name, id, trace }, () => handler(id, signal));
    await outcome.catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (!signal.aborted) return;
    // Cut short by the stop: another process goes on.
    await job.moveToDelayed(Date.now() + 1, token);
    throw new DelayedError();
  };

  /** Resolves when the job has ended, or is not known any more. */
  const ended = async ({ events }: Kind, job: Job<Work>): Promise<void> => {
    for (;;) {
      try {
        await untilAborted(job.waitUntilFinished(events, LOOK_EVERY), stopping.signal);
        return;
      } catch (error) {
        stopping.signal.throwIfAborted();
        const { message } = error as Error;
        if (message.includes('Missing key')) return;
        if (!message.includes('timed out before finishing')) throw error;
        const state = await job.getState().catch(() => 'unknown');
        if (state === 'unknown') return;
      }
    }
  };

  const run = async (name: string, id: string, owner: string): Promise<void> => {
    const kind = kindOf(name);
    const of = `${name}:${owner}`;
    const before = outstanding.get(of) ?? 0;
    outstanding.set(of, before + 1);
    try {
      // The first job of each owner comes before the second of any.
      const options = {
        deduplication: { id },
        priority: Math.min(before + 1, LAST),
        removeOnComplete: KEPT,
        removeOnFail: KEPT,
      };
      const trace = carriedTrace();
      const work = { id, ...(trace === undefined ? {} : { trace }) };
      const job = await within(PATIENCE, kind.queue.add(name, work, options)).catch(() => undefined);
      if (job) await ended(kind, job);
      else if (handled.has(name)) await local.run(name, id, owner);
      else throw new Error('Redis takes no jobs now');
    } finally {
      const left = (outstanding.get(of) ?? 1) - 1;
      if (left > 0) outstanding.set(of, left);
      else outstanding.delete(of);
    }
  };

  return {
    shared: true,

    handle(name, handler, options) {
      local.handle(name, handler, options);
      handled.add(name);
      const kind = kindOf(name);
      kind.worker = new Worker<Work>(name, process(name, handler), {
        ...shared,
        connection: redis.blocking(),
        concurrency: options.concurrency,
        lockDuration: LOCK,
        stalledInterval: LOOK_FOR_STALLED,
        maxStalledCount: 10,
      });
      kind.worker.on('error', () => undefined);
    },

    run(name, id, owner = '') {
      if (stopping.signal.aborted) return Promise.reject(stopping.signal.reason);
      const key = `${name}:${id}`;
      const running = known.get(key) ?? run(name, id, owner).finally(() => known.delete(key));
      known.set(key, running);
      return running;
    },

    async depth() {
      const here = await local.depth();
      const counts = await Promise.all(
        [...kinds.values()].map(({ queue }) => queue.getJobCounts('active', 'wait', 'prioritized').catch(() => null)),
      );
      const sum = (state: string): number => counts.reduce((total, count) => total + (count?.[state] ?? 0), 0);
      return { running: here.running + sum('active'), waiting: here.waiting + sum('wait') + sum('prioritized') };
    },

    async stop() {
      stopping.abort(new Error('stopped'));
      const parts = [...kinds.values()];
      const closing = Promise.all(parts.map(({ worker }) => worker?.close(redis.commands.status !== 'ready'))).catch(
        (error) => warn('jobs', 'a worker did not stop', error),
      );
      await Promise.all([local.stop(), doneWithin(LOCK / 2, closing), Promise.allSettled(known.values())]);
      const rest = parts.flatMap(({ queue, events }) => [queue.close(), events.close()]);
      await doneWithin(PATIENCE, Promise.allSettled(rest));
    },
  };
}
