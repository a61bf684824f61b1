import type { ApiKeyRecord, ApiKeyStore } from '#core/ports/store.ts';
import { newId } from '#core/runtime/identifier.ts';
import { operates, type Role, type Viewer } from '#core/viewer.ts';
import { batched } from './batched.ts';
import { type Database, isUuid } from './database.ts';

interface KeyRow {
  id: string;
  viewer_id: string;
  name: string;
  prefix: string;
  role: Role;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}
const KEY = 'id, viewer_id, name, prefix, role, created_at, last_used_at, revoked_at';
const toKey = (row: KeyRow): ApiKeyRecord => ({
  id: row.id,
  viewerId: row.viewer_id,
  name: row.name,
  prefix: row.prefix,
  role: row.role,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

type FoundRow = KeyRow & Pick<Viewer, 'tenant' | 'subject'>;

/** Keys by their hashes. That one was used is noted once a minute; a row that another server is noting is left to it: nobody waits. */
const FIND = `WITH asked AS (SELECT * FROM unnest($1::text[]) WITH ORDINALITY AS asked (hash, place)),
    k AS (SELECT api_keys.*, asked.place FROM asked JOIN api_keys USING (hash) WHERE revoked_at IS NULL),
    stale AS (SELECT id FROM api_keys WHERE id IN (SELECT id FROM k)
      AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') FOR UPDATE SKIP LOCKED),
    touched AS (UPDATE api_keys SET last_used_at = now() FROM stale WHERE api_keys.id = stale.id)
  SELECT k.*, v.tenant, v.subject FROM k JOIN viewers v ON v.id = k.viewer_id`;

export function apiKeyStore({ query, transaction }: Database): ApiKeyStore {
  const insert = `INSERT INTO api_keys (id, viewer_id, name, prefix, hash, role) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${KEY}`;
  const rowOf = batched<string, FoundRow | null>(async (hashes) => {
    const rows = await query<FoundRow & { place: string }>(FIND, [hashes]);
    const found = new Map(rows.map((row) => [Number(row.place) - 1, row]));
    return hashes.map((_, index) => found.get(index) ?? null);
  });
  return {
    async create({ id, viewerId, name, prefix, hash, role }) {
      const [row] = await query<KeyRow>(insert, [id, viewerId, name, prefix, hash, role]);
      return toKey(row as KeyRow);
    },

    async find(hash) {
      const row = await rowOf(hash);
      if (!row) return null;
      const { viewer_id: id, tenant, subject, role } = row;
      return { key: toKey(row), viewer: { id, tenant, subject, role } };
    },

    async list(viewer) {
      const rows = await query<KeyRow>(`SELECT ${KEY} FROM api_keys WHERE viewer_id = $1 ORDER BY id DESC LIMIT 1000`, [
        viewer.id,
      ]);
      return rows.map(toKey);
    },

    async revoke(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<KeyRow>(
        `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1
           AND (viewer_id = $2 OR $3 OR $4 AND viewer_id IN (SELECT id FROM viewers WHERE tenant = $5)) RETURNING ${KEY}`,
        [id, viewer.id, operates(viewer, ''), operates(viewer, viewer.tenant), viewer.tenant],
      );
      return row ? toKey(row) : null;
    },

    bootstrap: (viewer, hash, prefix) =>
      transaction(async (run) => {
        const name = 'bootstrap';
        const [inForce] = await run(
          `INSERT INTO api_keys (id, viewer_id, name, prefix, hash, role) VALUES ($1, $2, $3, $4, $5, 'OPERATOR')
           ON CONFLICT (hash) DO UPDATE SET viewer_id = excluded.viewer_id, name = excluded.name, role = excluded.role
             WHERE api_keys.revoked_at IS NULL RETURNING id`,
          [newId(), viewer.id, name, prefix, hash],
        );
        if (!inForce) return false;
        await run(
          'UPDATE api_keys SET revoked_at = now() WHERE name = $1 AND viewer_id = $2 AND hash <> $3 AND revoked_at IS NULL',
          [name, viewer.id, hash],
        );
        return true;
      }),
  };
}
