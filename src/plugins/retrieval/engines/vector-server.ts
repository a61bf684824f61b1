/** The common part of vector servers: several vectors for a passage, ordered changes, a position, an index that serves. */
import { createHash } from 'node:crypto';
import { untilAborted } from '#core/runtime/deadline.ts';
import { netChanges } from '../following/net-changes.ts';
import {
  dimensionsOf,
  type EngineChange,
  type Hit,
  type Scope,
  type VectorEngine,
  type VectorEntry,
  type VectorIndex,
} from './engine.ts';
import { indexName } from './index-names.ts';

/** One vector of a passage on a server. Ids are hashed, so that no server parses untrusted text. */
export interface VectorRow {
  /** A UUID, the same each time for the same passage and place. */
  readonly id: string;
  readonly passageId: string;
  readonly document: string;
  readonly viewer: string;
  /** The tenant that it is shared in; empty where it is not. */
  readonly sharedIn: string;
  /** True for one vector of each passage. */
  readonly first: boolean;
  readonly vector: Float32Array;
}
/** `Scope`, hashed in the same way. */
export interface RowScope {
  readonly viewer: string;
  readonly sharedIn: string;
  readonly documents: readonly string[] | null;
}
export interface RowHit {
  readonly passageId: string;
  readonly cosine: number;
}

/** The operations of a server: one collection for each index. */
export interface VectorServer {
  readonly name: string;
  /** Between the parts of a name. */
  readonly separator: string;
  /** Parley's own collections, with the format that each was made for. */
  collections(signal: AbortSignal): Promise<readonly { readonly name: string; readonly format: string }[]>;
  /** Makes it where there is none. Two may try at once. */
  create(name: string, format: string, signal: AbortSignal): Promise<void>;
  drop(name: string, signal: AbortSignal): Promise<void>;
  /** Kept with the collection, and gone with it; 0 for a new one. */
  position(name: string, signal: AbortSignal): Promise<number>;
  setPosition(name: string, position: number, signal: AbortSignal): Promise<void>;
  /** Replaces rows with the same ids. */
  put(name: string, rows: readonly VectorRow[], signal: AbortSignal): Promise<void>;
  /** Resolves when none of them is left, which it asks for. */
  remove(name: string, documents: readonly string[], signal: AbortSignal): Promise<void>;
  /** Nearest first; fewer than `limit` only where there are no more. */
  nearest(
    name: string,
    vector: Float32Array,
    scope: RowScope,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RowHit[]>;
  count(name: string, signal: AbortSignal): Promise<number>;
  serving(signal: AbortSignal): Promise<string | null>;
  setServing(format: string | null, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Rows beyond which a search does not look for more passages. */
const MOST_ROWS = 4_000;

export function vectorEngineOn(
  server: VectorServer,
  { prefix, batchSize }: { readonly prefix: string; readonly batchSize: number },
): VectorEngine {
  const nameOf = (format: string) => indexName(prefix, format, server.separator);
  const drop = async (but: string | null, signal: AbortSignal) => {
    for (const { name, format } of await server.collections(signal))
      if (format !== but) await server.drop(name, signal);
  };
  const told = <T>(work: Promise<T>, signal: AbortSignal) => telling(server.name, work, signal);
  return {
    name: server.name,
    serving: (signal) => told(server.serving(signal), signal),
    async open(format, signal) {
      await told(server.create(nameOf(format), format, signal), signal);
      return indexOn(server, nameOf(format), format, batchSize);
    },
    async serve(format, signal) {
      await told(server.setServing(format, signal), signal);
      await told(drop(format, signal), signal);
    },
    async clear(signal) {
      await told(server.setServing(null, signal), signal);
      await told(drop(null, signal), signal);
    },
    close: () => server.close(),
  };
}

function indexOn(server: VectorServer, name: string, format: string, batchSize: number): VectorIndex {
  const dimensions = dimensionsOf(format);
  const told = <T>(work: Promise<T>, signal: AbortSignal) => telling(server.name, work, signal);

  async function apply(
    changes: readonly EngineChange<VectorEntry>[],
    signal: AbortSignal,
    after: number | undefined,
  ): Promise<void> {
    const last = changes.at(-1);
    if (!last) return;
    // Work that continues after an abort must not write: the next attempt is running.
    const stillAt = async (place: number) => {
      if ((await server.position(name, signal)) !== place)
        throw new ServerRefusal(`the index in ${server.name} is not where it was`);
      signal.throwIfAborted();
    };
    const place = after ?? (await server.position(name, signal));
    await stillAt(place);
    const { removed, added } = netChanges(changes);
    const rows = added.flatMap(rowsOf);
    if (removed.length > 0) await server.remove(name, removed.map(keyOf), signal);
    for (let start = 0; start < rows.length; start += batchSize) {
      signal.throwIfAborted();
      await server.put(name, rows.slice(start, start + batchSize), signal);
    }
    await stillAt(place);
    await server.setPosition(name, last.sequence, signal);
  }

  /** A passage with many near vectors takes many places: then it asks for more. */
  async function search(vector: Float32Array, scope: Scope, limit: number, signal: AbortSignal): Promise<Hit[]> {
    if (scope.documentIds?.length === 0) return [];
    const rowScope = {
      viewer: keyOf(scope.viewerId),
      sharedIn: keyOf(scope.tenant),
      documents: scope.documentIds && [...new Set(scope.documentIds)].map(keyOf),
    };
    for (let rows = limit; ; rows *= 4) {
      const found = await server.nearest(name, vector, rowScope, rows, signal);
      const best = new Map<string, number>();
      for (const { passageId, cosine } of found) if (!best.has(passageId)) best.set(passageId, cosine);
      if (best.size >= limit || found.length < rows || rows >= MOST_ROWS)
        return Array.from(best, ([id, score]) => ({ id, score })).slice(0, limit);
    }
  }

  return {
    format,
    async position(signal) {
      // The index was lost on the server: create it and start from the beginning.
      await told(server.create(name, format, signal), signal);
      return told(server.position(name, signal), signal);
    },
    async apply(changes, signal, after) {
      for (const change of changes)
        if (change.type === 'added' && change.entry.some((vector) => vector.length !== dimensions))
          throw new RangeError(`a vector of other than ${dimensions} dimensions for the index of ${format}`);
      await told(apply(changes, signal, after), signal);
    },
    async search({ vector, scope, limit }, signal) {
      if (vector.length !== dimensions) throw new RangeError(`a query of other than ${dimensions} dimensions`);
      return told(search(vector, scope, limit, signal), signal);
    },
    count: (signal) => told(server.count(name, signal), signal),
  };
}

function rowsOf({ passage, entry }: EngineChange<VectorEntry> & { readonly type: 'added' }): VectorRow[] {
  return entry.map((vector, place) => ({
    id: uuidOf(`${passage.id} ${place}`),
    passageId: passage.id,
    document: keyOf(passage.documentId),
    viewer: keyOf(passage.viewerId),
    sharedIn: passage.shared ? keyOf(passage.tenant) : '',
    first: place === 0,
    vector,
  }));
}

const keyOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32);

/** RFC 9562, version 8: a UUID from a hash. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Rejects as soon as the signal aborts, though the client may not be able to stop; other failures name the server, and no address. */
async function telling<T>(server: string, work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof ServerRefusal
      ? error
      : new Error(`${server} does not answer as it should`, { cause: error });
  }
}

/** A refusal in our own words, which clients may see. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
}
