import type { Jobs } from '#core/ports/jobs.ts';
import { carriedTrace } from '#core/runtime/work.ts';
import type { Notifications } from './notifications.ts';

const CHANNEL = 'parley_jobs';

/**
 * Jobs of replicas that share PostgreSQL alone. Each process runs what it handles itself, under a lease in the store; what it does not
 * handle it tells the others by NOTIFY. They would find it in the store without that too, later. `run` then resolves at once: the
 * caller sees the end in the store.
 */
export function notifyJobs(notifications: Notifications, local: Jobs): Jobs {
  const handled = new Set<string>();
  const stop = notifications.listen(CHANNEL, (text) => {
    const [kind, id, owner, trace] = JSON.parse(text) as [string, string, string, string?];
    // What fails is found in the store again.
    if (handled.has(kind)) local.run(kind, id, owner, trace).catch(() => undefined);
  });
  return {
    shared: true,
    handle(kind, handler, options) {
      handled.add(kind);
      local.handle(kind, handler, options);
    },
    async run(kind, id, owner = '') {
      if (handled.has(kind)) return local.run(kind, id, owner);
      const trace = carriedTrace();
      const text = JSON.stringify([kind, id, owner, ...(trace === undefined ? [] : [trace])]);
      await notifications.send([{ channel: CHANNEL, text }]).catch(() => undefined);
    },
    depth: () => local.depth(),
    stop() {
      stop();
      return local.stop();
    },
  };
}
