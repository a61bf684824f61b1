import { ChromaClient, ChromaNotFoundError, type Collection, type Where } from 'chromadb';
import type { VectorEngine } from './engine.ts';
import { type RowScope, type VectorRow, type VectorServer, vectorEngineOn } from './vector-server.ts';

export interface ChromaOptions {
  readonly url: string;
  readonly batchSize: number;
  /** Prefix of collection names, for several installations on one server. */
  readonly prefix?: string;
}

/** HNSW's search width: filtered entries must not crowd out the others. */
const EF = 400;

/** Vectors in Chroma. Position and format are in each collection's metadata, and so die with it. */
export function chromaEngine({ url, batchSize, prefix = 'parley-vectors' }: ChromaOptions): VectorEngine {
  const { protocol, hostname, port } = new URL(url);
  const ssl = protocol === 'https:';
  const client = new ChromaClient({ host: hostname, port: Number(port || (ssl ? 443 : 80)), ssl });
  return vectorEngineOn(serverOn(client, prefix), { prefix, batchSize });
}

function serverOn(client: ChromaClient, prefix: string): VectorServer {
  const state = `${prefix}.state`;
  const configuration = { hnsw: { space: 'cosine' as const, ef_search: EF, ef_construction: EF } };

  const find = async (name: string): Promise<Collection | null> => {
    try {
      return await client.getCollection({ name });
    } catch (error) {
      if (error instanceof ChromaNotFoundError) return null;
      throw error;
    }
  };
  const open = async (name: string): Promise<Collection> => client.getCollection({ name });
  const make = (name: string, metadata: Record<string, string | number>) =>
    client.getOrCreateCollection({ name, metadata, configuration, embeddingFunction: null });

  return {
    name: 'Chroma',
    separator: '-',
    close: async () => undefined,

    async collections() {
      const found = await client.listCollections({ limit: 1_000 });
      return found.flatMap(({ name, metadata }) =>
        name.startsWith(`${prefix}-`) ? [{ name, format: String(metadata?.['format'] ?? '') }] : [],
      );
    },

    async create(name, format) {
      if (!(await find(name))) await make(name, { format, position: 0 });
    },
    async drop(name) {
      if (await find(name)) await client.deleteCollection({ name });
    },

    position: async (name) => Number((await open(name)).metadata?.['position'] ?? 0),
    async setPosition(name, position) {
      const collection = await open(name);
      await collection.modify({ metadata: { ...collection.metadata, position } });
    },

    async put(name, rows) {
      await (await open(name)).upsert({
        ids: rows.map(({ id }) => id),
        embeddings: rows.map(({ vector }) => [...vector]),
        metadatas: rows.map(metadataOf),
      });
    },

    async remove(name, documents) {
      const collection = await open(name);
      const where: Where = { document: { $in: [...documents] } };
      for (;;) {
        const { ids } = await collection.get({ where, include: [], limit: 1_000 });
        if (ids.length === 0) return;
        await collection.delete({ ids });
      }
    },

    async nearest(name, vector, scope, limit) {
      const { metadatas, distances } = await (await open(name)).query({
        queryEmbeddings: [[...vector]],
        nResults: limit,
        where: filterOf(scope),
        include: ['metadatas', 'distances'],
      });
      return (metadatas[0] ?? []).map((metadata, place) => ({
        passageId: String(metadata?.['passageId'] ?? ''),
        cosine: 1 - Number(distances[0]?.[place] ?? 1),
      }));
    },

    async count(name) {
      const { ids } = await (await open(name)).get({ where: { first: true }, include: [] });
      return ids.length;
    },

    async serving() {
      const format = (await find(state))?.metadata?.['format'];
      return typeof format === 'string' ? format : null;
    },
    async setServing(format) {
      const found = await find(state);
      if (format === null) {
        if (found) await client.deleteCollection({ name: state });
      } else if (found) await found.modify({ metadata: { format } });
      else await make(state, { format });
    },
  };
}

const metadataOf = ({ passageId, document, viewer, sharedIn, first }: VectorRow) => ({
  passageId,
  document,
  viewer,
  sharedIn,
  first,
});

function filterOf({ viewer, sharedIn, documents }: RowScope): Where {
  const readable: Where = { $or: [{ viewer: { $eq: viewer } }, { sharedIn: { $eq: sharedIn } }] };
  return documents === null ? readable : { $and: [readable, { document: { $in: [...documents] } }] };
}
