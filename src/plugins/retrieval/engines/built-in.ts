import type { IndexClient } from '../built-in/index-client.ts';
import type { VectorEngine, VectorIndex } from './engine.ts';

/** The name of the engine that is no server. */
export const BUILT_IN = 'built-in';

/** Vectors of a neural model in the index's own thread, where no server is named for them. */
export function builtInVectorEngine(client: IndexClient): VectorEngine {
  /** A new thread knows of nothing yet. */
  const open = (format: string) => client.work('modelOpen', { format });
  return {
    name: BUILT_IN,
    serving: () => client.work('modelServing', {}),
    async open(format) {
      await open(format);
      return index(client, format, () => open(format));
    },
    async serve(format) {
      await open(format);
      await client.work('modelServe', { format });
    },
    clear: () => client.work('modelClear', {}),
    close: async () => undefined,
  };
}

function index(client: IndexClient, format: string, open: () => Promise<void>): VectorIndex {
  return {
    format,
    async position() {
      await open();
      return client.work('modelPosition', { format });
    },
    async apply(changes, signal, after) {
      // A thread that ended meanwhile is where its file was.
      if (after !== undefined && (await client.work('modelPosition', { format })) !== after)
        throw new Error('the index of vectors is not where it was');
      await client.work('modelApply', { format, changes }, signal);
    },
    search: ({ vector, scope, limit }, signal) => client.work('modelSearch', { format, vector, scope, limit }, signal),
    async count() {
      await open();
      return client.work('modelCount', { format });
    },
  };
}
