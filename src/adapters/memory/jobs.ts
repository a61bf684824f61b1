import type { Jobs } from '#core/ports/jobs.ts';

interface Kind {
  readonly handler: (id: string, signal: AbortSignal) => Promise<void>;
  readonly concurrency: number;
  readonly queue: (() => void)[];
  running: number;
}

/** Jobs within one process: a queue a kind, so many at once. What a kill cuts short, its owner finds again in the store. */
export function memoryJobs(): Jobs {
  const kinds = new Map<string, Kind>();
  const known = new Map<string, Promise<void>>();
  const controller = new AbortController();

  async function execute(kind: Kind, id: string): Promise<void> {
    if (kind.running >= kind.concurrency) await new Promise<void>((resolve) => kind.queue.push(resolve));
    else kind.running += 1;
    try {
      controller.signal.throwIfAborted();
      await kind.handler(id, controller.signal);
    } finally {
      const next = kind.queue.shift();
      if (next) next();
      else kind.running -= 1;
    }
  }

  return {
    handle(name, handler, { concurrency }) {
      kinds.set(name, { handler, concurrency, queue: [], running: 0 });
    },
    run(name, id) {
      const kind = kinds.get(name);
      if (!kind) return Promise.reject(new Error(`no handler for jobs of kind ${name}`));
      const key = `${name}:${id}`;
      const running = known.get(key) ?? execute(kind, id).finally(() => known.delete(key));
      known.set(key, running);
      return running;
    },
    async stop() {
      controller.abort();
      await Promise.allSettled(known.values());
    },
  };
}
