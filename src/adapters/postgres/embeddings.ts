import type { EmbeddingStore } from '#core/ports/store.ts';
import type { Database } from './database.ts';

/** Bytes go as text, because arrays of them do not go the same way through every driver. */
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function embeddingStore({ query }: Database): EmbeddingStore {
  return {
    async get(model, hashes) {
      if (hashes.length === 0) return new Map();
      const rows = await query<{ hash: string; vector: string }>(
        `SELECT encode(hash, 'hex') AS hash, encode(vector, 'base64') AS vector FROM embeddings
         WHERE model = $1 AND hash IN (SELECT decode(one, 'hex') FROM unnest($2::text[]) AS one)`,
        [model, hashes.map(hexOf)],
      );
      await touch(
        model,
        rows.map(({ hash }) => hash),
      );
      return new Map(rows.map(({ hash, vector }) => [hash, floatsOf(vector)]));
    },

    async put(model, entries) {
      if (entries.length === 0) return;
      await query(
        `INSERT INTO embeddings (model, hash, vector)
         SELECT DISTINCT ON (hash) $1, decode(hash, 'hex'), decode(vector, 'base64')
         FROM unnest($2::text[], $3::text[]) AS entry(hash, vector) ON CONFLICT DO NOTHING`,
        [
          model,
          entries.map(({ hash }) => hexOf(hash)),
          entries.map(({ vector: { buffer, byteOffset, byteLength } }) =>
            Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64'),
          ),
        ],
      );
    },

    async prune(days) {
      await query("DELETE FROM embeddings WHERE used_at < now() - $1 * interval '1 day'", [days]);
    },
  };

  /** Once a day is enough to be kept, and spares a write each time. */
  async function touch(model: string, hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0) return;
    await query(
      `UPDATE embeddings SET used_at = now() WHERE model = $1 AND used_at < now() - interval '1 day'
         AND hash IN (SELECT decode(one, 'hex') FROM unnest($2::text[]) AS one)`,
      [model, hashes],
    );
  }
}

/** Little endian, as every machine is that Node runs on. A copy, because a Buffer begins anywhere. */
function floatsOf(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
