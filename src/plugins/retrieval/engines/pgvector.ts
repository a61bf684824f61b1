import { Pool } from 'pg';
import { dimensionsOf, type VectorEngine } from './engine.ts';
import { type VectorServer, vectorEngineOn } from './vector-server.ts';

export interface PgvectorOptions {
  /** A PostgreSQL where `CREATE EXTENSION vector` is allowed, or done. */
  readonly url?: string;
  /** An existing pool in place of a URL. It is not closed. */
  readonly pool?: Pick<Pool, 'query'>;
  readonly batchSize: number;
  readonly prefix?: string;
}

const CONNECTIONS = 4;
const PATIENCE = 10_000;

/**
 * Vectors in PostgreSQL with pgvector. Searches exactly within what a viewer may read, which a B-tree index narrows down:
 * milliseconds up to about 10,000 passages a viewer. pgvector's HNSW would filter after its search, and so miss passages.
 */
export function pgvectorEngine({ url, pool, batchSize, prefix = 'parley_vectors' }: PgvectorOptions): VectorEngine {
  const own = pool
    ? null
    : new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE });
  own?.on('error', () => undefined); // an idle connection that breaks is replaced by the next
  return vectorEngineOn(
    serverOn(pool ?? (own as Pool), prefix, async () => own?.end()),
    { prefix, batchSize },
  );
}

function serverOn(pool: Pick<Pool, 'query'>, prefix: string, close: () => Promise<void>): VectorServer {
  const state = `"${prefix}_state"`;
  const table = (name: string) => `"${name}"`;
  let prepared: Promise<unknown> | undefined;
  const prepare = () => {
    prepared ??= (async () => {
      await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
      await pool.query(
        `CREATE TABLE IF NOT EXISTS ${state} (name text PRIMARY KEY, format text NOT NULL, position bigint NOT NULL)`,
      );
    })().catch((error) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };
  const rows = async <R>(sql: string, parameters: unknown[] = []): Promise<R[]> => {
    await prepare();
    return (await pool.query(sql, parameters)).rows as R[];
  };

  return {
    name: 'pgvector',
    separator: '_',
    close,

    collections: () => rows(`SELECT name, format FROM ${state} WHERE name <> ''`),

    async create(name, format) {
      // The table was dropped by others: start from the beginning with a new one.
      await rows(`DELETE FROM ${state} WHERE name = $1 AND to_regclass($2) IS NULL`, [name, table(name)]);
      await rows(
        `CREATE TABLE IF NOT EXISTS ${table(name)} (id uuid PRIMARY KEY, passage_id text NOT NULL, document text NOT NULL,
           viewer text NOT NULL, shared_in text NOT NULL, first boolean NOT NULL, embedding vector(${dimensionsOf(format)}) NOT NULL)`,
      );
      for (const column of ['document', 'viewer', 'shared_in'])
        await rows(`CREATE INDEX IF NOT EXISTS ${table(`${name}_${column}`.slice(-63))} ON ${table(name)} (${column})`);
      await rows(`INSERT INTO ${state} VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, [name, format]);
    },

    async drop(name) {
      await rows(`DROP TABLE IF EXISTS ${table(name)}`);
      await rows(`DELETE FROM ${state} WHERE name = $1`, [name]);
    },

    async position(name) {
      const [row] = await rows<{ position: string }>(`SELECT position FROM ${state} WHERE name = $1`, [name]);
      return Number(row?.position ?? 0);
    },
    async setPosition(name, position) {
      await rows(`UPDATE ${state} SET position = $2 WHERE name = $1`, [name, position]);
    },

    async put(name, added) {
      await rows(
        `INSERT INTO ${table(name)} SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::vector[])
         ON CONFLICT (id) DO UPDATE SET embedding = excluded.embedding, viewer = excluded.viewer, shared_in = excluded.shared_in, document = excluded.document`,
        [
          ...(['id', 'passageId', 'document', 'viewer', 'sharedIn', 'first'] as const).map((key) =>
            added.map((row) => row[key]),
          ),
          added.map(({ vector }) => textOf(vector)),
        ],
      );
    },

    async remove(name, documents) {
      await rows(`DELETE FROM ${table(name)} WHERE document = ANY($1)`, [[...documents]]);
    },

    async nearest(name, vector, { viewer, sharedIn, documents }, limit) {
      const found = await rows<{ passage_id: string; distance: number }>(
        `SELECT passage_id, embedding <=> $1::vector AS distance FROM ${table(name)}
         WHERE (viewer = $2 OR shared_in = $3) AND ($4::text[] IS NULL OR document = ANY($4)) ORDER BY distance LIMIT $5`,
        [textOf(vector), viewer, sharedIn, documents && [...documents], limit],
      );
      return found.map(({ passage_id: passageId, distance }) => ({ passageId, cosine: 1 - distance }));
    },

    async count(name) {
      const [row] = await rows<{ count: string }>(`SELECT count(*) FROM ${table(name)} WHERE first`);
      return Number(row?.count ?? 0);
    },

    async serving() {
      const [row] = await rows<{ format: string }>(`SELECT format FROM ${state} WHERE name = ''`);
      return row?.format ?? null;
    },
    async setServing(format) {
      if (format === null) await rows(`DELETE FROM ${state} WHERE name = ''`);
      else
        await rows(
          `INSERT INTO ${state} VALUES ('', $1, 0) ON CONFLICT (name) DO UPDATE SET format = excluded.format`,
          [format],
        );
    },
  };
}

const textOf = (vector: Float32Array): string => `[${vector.join(',')}]`;
