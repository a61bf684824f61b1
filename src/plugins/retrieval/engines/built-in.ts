import type { IndexClient } from '../built-in/index-client.ts';
import type { VectorEngine, VectorIndex } from './engine.ts';

/** The name of the engine that is no server. */
export const BUILT_IN = 'built-in';

/** Vectors in the index's own thread, where no server is named for them. */
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

/**
 * Vectors that are new since the file was written, at most, also as a share of all: each write writes all of them, and a kill costs
 * the encoding of those.
 */
const UNSAVED = 2_000;
const UNSAVED_SHARE = 0.1;

function index(client: IndexClient, format: string, open: () => Promise<void>): VectorIndex {
  let unsaved = 0;
  const saveInTime = async (changes: number): Promise<void> => {
    unsaved += changes;
    if (unsaved < UNSAVED || unsaved < UNSAVED_SHARE * (await client.work('modelCount', { format }))) return;
    unsaved = 0;
    // The save at the end reports a failure.
    client.work('modelSave', {}).catch(() => undefined);
  };
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
      await saveInTime(changes.length);
    },
    search: ({ vector, scope, limit }, signal) => client.work('modelSearch', { format, vector, scope, limit }, signal),
    async count() {
      await open();
      return client.work('modelCount', { format });
    },
  };
}
