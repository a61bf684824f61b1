import type { DocumentStore } from '#core/ports/store.ts';
import { addOnce } from './add-once.ts';
import { type Database, isUuid, whole } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';
import { passageStore, removePassages } from './passages.ts';
import { DOCUMENT, type DocumentRow, toDocument } from './rows.ts';
import { uploadStore } from './uploads.ts';

const NEWEST_FIRST: Keyset = { list: 'd', columns: [{ name: 'id', type: 'uuid' }], descending: true };
/** Not ended, and free for owner $1: its own, unclaimed, or with an expired lease. */
const CLAIMABLE = "status NOT IN ('INDEXED', 'FAILED') AND (owner IS NULL OR owner = $1 OR lease_until < now())";
const LEASE = "now() + $2::int * interval '1 millisecond'";
/** The viewer's own, or shared in the tenant: $1 is the viewer, $2 the tenant. */
const READABLE = '(viewer_id = $1 OR (shared AND tenant = $2))';

export function documentStore(database: Database): DocumentStore {
  const { query, transaction } = database;
  return {
    add: (viewer, { id, title, text, mediaType, kind, shared, ...request }) =>
      addOnce(query, viewer.id, request, async () => {
        const bytes = Buffer.byteLength(text);
        const [row] = await query<DocumentRow>(
          `INSERT INTO documents (id, viewer_id, tenant, title, text, bytes, media_type, kind, shared, status, client_mutation_id, fingerprint)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'QUEUED', $10, $11) RETURNING ${DOCUMENT}`,
          [
            ...[id, viewer.id, viewer.tenant, title, text, bytes, mediaType, kind, shared],
            ...[request.clientMutationId, request.fingerprint ?? null],
          ],
        );
        return row;
      }),

    async get(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<DocumentRow>(`SELECT ${DOCUMENT} FROM documents WHERE ${READABLE} AND id = $3`, [
        viewer.id,
        viewer.tenant,
        id,
      ]);
      return row ? toDocument(row) : null;
    },

    async getMany(viewer, ids) {
      const rows = await query<DocumentRow>(
        `SELECT ${DOCUMENT} FROM documents WHERE ${READABLE} AND id = ANY($3::uuid[])`,
        [viewer.id, viewer.tenant, ids.filter(isUuid)],
      );
      return new Map(rows.map((row) => [row.id, toDocument(row)]));
    },

    async list(viewer, page, status) {
      const { sql, order, parameters } = pageClause(NEWEST_FIRST, page, 3);
      // Each half reads its own index in order, a page of it at most.
      const half = (where: string) =>
        `(SELECT ${DOCUMENT} FROM documents WHERE ${where} AND ($3::text IS NULL OR status = $3)${sql})`;
      const rows = await query<DocumentRow>(
        `${half('viewer_id = $1')} UNION ALL ${half('shared AND tenant = $2 AND viewer_id <> $1')}${order}`,
        [viewer.id, viewer.tenant, status, ...parameters],
      );
      return toPage(rows, page, NEWEST_FIRST, (row) => [row.id], toDocument);
    },

    async pages(viewer, ids) {
      const rows = await query<{ id: string; pages: number[] }>(
        `SELECT id, pages FROM documents WHERE ${READABLE} AND id = ANY($3::uuid[]) AND pages IS NOT NULL`,
        [viewer.id, viewer.tenant, ids.filter(isUuid)],
      );
      return new Map(rows.map((row) => [row.id, row.pages]));
    },

    async pending(viewer, ids, limit) {
      const own = ids === null;
      const rows = await query<DocumentRow>(
        `SELECT ${DOCUMENT} FROM documents WHERE status NOT IN ('INDEXED', 'FAILED')
           AND ${own ? 'viewer_id = $1' : `${READABLE} AND id = ANY($4::uuid[])`} ORDER BY id LIMIT ${own ? '$2' : '$3'}`,
        own ? [viewer.id, whole(limit)] : [viewer.id, viewer.tenant, whole(limit), ids.filter(isUuid)],
      );
      return rows.map(toDocument);
    },

    delete: (viewer, id) =>
      transaction(async (run) => {
        if (!isUuid(id)) return false;
        const [own] = await run('SELECT 1 FROM documents WHERE id = $1 AND viewer_id = $2 FOR UPDATE', [id, viewer.id]);
        if (!own) return false;
        await removePassages(run, id, { evenIfNone: true });
        await run('DELETE FROM documents WHERE id = $1 AND viewer_id = $2', [id, viewer.id]);
        return true;
      }),

    async text(id) {
      if (!isUuid(id)) return null;
      const [row] = await query<DocumentRow & { text: string }>(
        `SELECT ${DOCUMENT}, text FROM documents WHERE id = $1`,
        [id],
      );
      if (!row) return null;
      let { text } = row;
      for (let part = 0; ; part += 1) {
        const sql = 'SELECT text FROM further_texts WHERE document_id = $1 AND part = $2';
        const [piece] = await query<{ text: string }>(sql, [id, part]);
        if (!piece) return { document: toDocument(row), text };
        text += piece.text;
      }
    },

    async claim(id, owner, leaseMs) {
      if (!isUuid(id)) return false;
      const rows = await query(
        `UPDATE documents SET owner = $1, lease_until = ${LEASE}, status = 'PARSING', progress = 0, error = NULL
         WHERE id = $3 AND ${CLAIMABLE} RETURNING 1`,
        [owner, whole(leaseMs), id],
      );
      return rows.length > 0;
    },

    async renewClaims(owner, leaseMs, ids) {
      const rows = await query<{ id: string }>(
        `UPDATE documents SET lease_until = ${LEASE} WHERE owner = $1 AND id = ANY($3::uuid[]) RETURNING id`,
        [owner, whole(leaseMs), ids.filter(isUuid)],
      );
      return rows.map(({ id }) => id);
    },

    async setStatus(id, owner, { status, progress, kind, error }) {
      if (!isUuid(id)) return false;
      const rows = await query(
        `UPDATE documents SET status = $3, progress = $4, kind = coalesce($5, kind), error = $6,
           indexed_at = CASE WHEN $3 = 'INDEXED' THEN now() ELSE indexed_at END,
           owner = CASE WHEN $3 NOT IN ('INDEXED', 'FAILED') THEN owner END
         WHERE id = $1 AND owner = $2 RETURNING 1`,
        [id, owner, status, progress, kind ?? null, error ?? null],
      );
      return rows.length > 0;
    },

    async unfinished(owner) {
      const rows = await query<{ id: string }>(
        `SELECT id FROM documents WHERE ${CLAIMABLE} ORDER BY row_number() OVER (PARTITION BY viewer_id ORDER BY id), id`,
        [owner],
      );
      return rows.map((row) => row.id);
    },

    ...uploadStore(database),
    ...passageStore(database),
  };
}
