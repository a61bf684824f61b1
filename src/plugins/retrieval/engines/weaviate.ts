import weaviate, { ApiKey, type WeaviateClient, type WeaviateObject, type WhereFilter } from 'weaviate-ts-client';
import type { VectorEngine } from './engine.ts';
import {
  type RowScope,
  ServerRefusal,
  uuidOf,
  type VectorRow,
  type VectorServer,
  vectorEngineOn,
} from './vector-server.ts';

export interface WeaviateOptions {
  /** May carry a path; a password in it is an API key. */
  readonly url: string;
  readonly batchSize: number;
  /** Prefix of class names, for several installations on one server. */
  readonly prefix?: string;
}

/** The id of the position object. It has no reader, so no search finds it. */
const POSITION = uuidOf('parley position');
const SERVING = uuidOf('parley serving');

/** Up to this many readable passages, Weaviate compares all; above, it searches the graph with this width. */
const FLAT_SEARCH_CUTOFF = 40_000;
const EF = 256;

/** Ids are compared as they are. */
const exact = (name: string) => ({
  name,
  dataType: ['text'],
  tokenization: 'field',
  indexFilterable: true,
  indexSearchable: false,
});
const unsearched = (name: string, dataType: string) => ({
  name,
  dataType: [dataType],
  indexFilterable: false,
  indexSearchable: false,
});

/** Vectors in Weaviate. This client does not know aliases: an object of its own class names the index that serves. */
export function weaviateEngine({ url, batchSize, prefix = 'ParleyVectors' }: WeaviateOptions): VectorEngine {
  return vectorEngineOn(serverOn(clientOf(url), prefix), { prefix, batchSize });
}

function clientOf(url: string): WeaviateClient {
  const { protocol, host, pathname, password } = new URL(url);
  // Its types are those of its CommonJS build, where what is the default here is a property.
  const { client } = weaviate as unknown as typeof weaviate.default;
  return client({
    scheme: protocol.slice(0, -1),
    host: `${host}${pathname.replace(/\/$/, '')}`,
    ...(password === '' ? {} : { apiKey: new ApiKey(decodeURIComponent(password)) }),
  });
}

function serverOn(client: WeaviateClient, prefix: string): VectorServer {
  const state = `${prefix}State`;
  const exists = (name: string) => client.schema.exists(name);

  /** A class without our description was created by the server itself, for a write after it had lost ours. */
  async function createClass(name: string, description: string, properties: object[]): Promise<void> {
    const { classes = [] } = await client.schema.getter().do();
    const found = classes.find((one) => one.class === name);
    if (found?.description === description) return;
    if (found) await client.schema.classDeleter().withClassName(name).do();
    const definition = {
      class: name,
      description,
      vectorizer: 'none',
      vectorIndexType: 'hnsw',
      vectorIndexConfig: { distance: 'cosine', flatSearchCutoff: FLAT_SEARCH_CUTOFF, ef: EF },
      properties,
    };
    await client.schema
      .classCreator()
      .withClass(definition)
      .do()
      .catch(async (error: unknown) => {
        if (!(await exists(name))) throw error;
      });
  }

  async function put(objects: readonly WeaviateObject[]): Promise<void> {
    const answers = await client.batch
      .objectsBatcher()
      .withObjects(...objects)
      .do();
    // The status is 200 even if single objects failed.
    const problem = answers.find(({ result }) => result?.errors?.error?.length)?.result?.errors?.error?.[0]?.message;
    if (problem !== undefined || answers.length !== objects.length)
      throw new ServerRefusal('Weaviate did not take every vector', { cause: problem });
  }

  const read = async (className: string, id: string): Promise<Record<string, unknown> | null> => {
    if (!(await exists(className))) return null;
    const found = await client.data
      .getterById()
      .withClassName(className)
      .withId(id)
      .do()
      .catch((error: unknown) => {
        if (/\b404\b/.test(String(error))) return null;
        throw error;
      });
    return (found?.properties as Record<string, unknown> | undefined) ?? null;
  };

  return {
    name: 'Weaviate',
    separator: '_',
    close: async () => undefined,

    async collections() {
      const { classes = [] } = await client.schema.getter().do();
      return classes.flatMap(({ class: name = '', description = '' }) =>
        name.startsWith(`${prefix}_`) ? [{ name, format: description }] : [],
      );
    },

    create: (name, format) =>
      createClass(name, format, [
        ...['document', 'viewer', 'sharedIn'].map(exact),
        unsearched('passageId', 'text'),
        { ...unsearched('first', 'boolean'), indexFilterable: true },
        unsearched('position', 'number'),
      ]),

    async drop(name) {
      if (await exists(name)) await client.schema.classDeleter().withClassName(name).do();
    },

    position: async (name) => Number((await read(name, POSITION))?.['position'] ?? 0),
    setPosition: (name, position) => put([{ class: name, id: POSITION, properties: { position, first: false } }]),

    put: (name, rows) => put(rows.map((row) => objectOf(name, row))),

    async remove(name, documents) {
      const where: WhereFilter = { path: ['document'], operator: 'ContainsAny', valueTextArray: [...documents] };
      // A call takes 10,000 at most: again, until it finds none.
      for (;;) {
        const { results } = await client.batch.objectsBatchDeleter().withClassName(name).withWhere(where).do();
        if (results?.failed) throw new ServerRefusal('Weaviate did not remove every vector');
        if (!results?.matches) return;
      }
    },

    async nearest(name, vector, scope, limit) {
      const { data } = await client.graphql
        .get()
        .withClassName(name)
        .withNearVector({ vector: [...vector] })
        .withWhere(filterOf(scope))
        .withLimit(limit)
        .withFields('passageId _additional { distance }')
        .do();
      const found = data?.Get?.[name] as { passageId: string; _additional: { distance: number } }[] | undefined;
      if (!Array.isArray(found)) throw new ServerRefusal('Weaviate could not search');
      return found.map(({ passageId, _additional }) => ({ passageId, cosine: 1 - _additional.distance }));
    },

    async count(name) {
      const { data } = await client.graphql
        .aggregate()
        .withClassName(name)
        .withWhere({ path: ['first'], operator: 'Equal', valueBoolean: true })
        .withFields('meta { count }')
        .do();
      return Number(data?.Aggregate?.[name]?.[0]?.meta?.count ?? 0);
    },

    async serving() {
      const format = (await read(state, SERVING))?.['format'];
      return typeof format === 'string' && format !== '' ? format : null;
    },
    async setServing(format) {
      if (format === null) {
        if (await exists(state)) await client.schema.classDeleter().withClassName(state).do();
        return;
      }
      await createClass(state, 'which index of vectors serves', [unsearched('format', 'text')]);
      await put([{ class: state, id: SERVING, properties: { format } }]);
    },
  };
}

const objectOf = (className: string, { id, vector, ...properties }: VectorRow): WeaviateObject => ({
  class: className,
  id,
  vector: [...vector],
  properties,
});

function filterOf({ viewer, sharedIn, documents }: RowScope): WhereFilter {
  const readable: WhereFilter = {
    operator: 'Or',
    operands: [
      { path: ['viewer'], operator: 'Equal', valueText: viewer },
      { path: ['sharedIn'], operator: 'Equal', valueText: sharedIn },
    ],
  };
  if (documents === null) return readable;
  const among: WhereFilter = { path: ['document'], operator: 'ContainsAny', valueTextArray: [...documents] };
  return { operator: 'And', operands: [readable, among] };
}
