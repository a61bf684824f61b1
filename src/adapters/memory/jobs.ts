import type { Jobs } from '#core/ports/jobs.ts';
import { FairGate } from '#core/runtime/fair-gate.ts';
import { inWork } from '#core/runtime/work.ts';

interface Kind {
  readonly handler: (id: string, signal: AbortSignal) => Promise<void>;
  readonly gate: FairGate;
}

/** An extra place for an owner without a running job, so that it does not wait for the long jobs of another owner. */
const SPARE = 1;

/** Jobs within one process: a queue for each kind. A job that a kill cuts short is found again in the store by its owner. */
export function memoryJobs(): Jobs {
  const kinds = new Map<string, Kind>();
  const known = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  return {
    shared: false,

    handle(name, handler, { concurrency }) {
      kinds.set(name, { handler, gate: new FairGate({ places: concurrency, spare: concurrency > 1 ? SPARE : 0 }) });
    },
    run(name, id, owner = '', trace) {
      const kind = kinds.get(name);
      if (!kind) return Promise.reject(new Error(`no handler for jobs of kind ${name}`));
      const key = `${name}:${id}`;
      const { signal } = stopping;
      const run = () =>
        kind.gate
          .run(owner, () => inWork({ kind: 'job', job: name, id, trace }, () => kind.handler(id, signal)), signal)
          .finally(() => known.delete(key));
      const running = known.get(key) ?? run();
      known.set(key, running);
      return running;
    },
    async depth() {
      const gates = [...kinds.values()].map(({ gate }) => gate);
      return {
        running: gates.reduce((sum, { active }) => sum + active, 0),
        waiting: gates.reduce((sum, { queued }) => sum + queued, 0),
      };
    },
    async stop() {
      stopping.abort(new Error('stopped'));
      await Promise.allSettled(known.values());
    },
  };
}
