import { overviewOf } from '#core/documents/overview.ts';
import type { DocumentStore, PassageChange, PassageRecord } from '#core/ports/store.ts';
import { type Database, isUuid, type Query, unlessNull } from './database.ts';

interface PassageRow {
  id: string;
  document_id: string;
  title: string;
  start: number;
  end: number;
  text: string;
  heading: string | null;
  shared: boolean;
}
interface ChangeRow extends PassageRow {
  sequence: string;
  viewer_id: string | null;
  tenant: string;
  shared: boolean;
}
interface ReadersRow extends Record<string, unknown> {
  position: string | null;
  removed: string | null;
  added: { viewerId: string; tenant: string; shared: boolean; sequence: number }[];
}
const PASSAGE = 'p.id, p.document_id, d.title, d.shared, p.start, p."end", p.text, p.heading';
const toPassage = (row: PassageRow): PassageRecord => ({
  id: row.id,
  documentId: row.document_id,
  documentTitle: row.title,
  start: row.start,
  end: row.end,
  text: row.text,
  heading: row.heading,
  shared: row.shared,
});

/** An advisory lock until the commit, so that sequence numbers rise in the order of commits. */
const NUMBERING = 'SELECT pg_advisory_xact_lock(7205761)';

/** Runs in a transaction: deletes the document's passages and writes a tombstone for the indexes. */
export async function removePassages(
  run: Query,
  documentId: string,
  { evenIfNone = false }: { readonly evenIfNone?: boolean } = {},
): Promise<void> {
  await run(NUMBERING, []);
  const gone = await run('DELETE FROM passages WHERE document_id = $1 RETURNING 1', [documentId]);
  if (gone.length > 0 || evenIfNone)
    await run("INSERT INTO tombstones (sequence, document_id) VALUES (nextval('passage_sequence'), $1)", [documentId]);
}

const COLUMNS = ['id', 'start', 'end', 'text', 'heading'] as const;
/** Passages that a statement writes: one of a large document would hold all its text, several times over. */
const AT_ONCE = 1_000;

/** First of the two numbers of an advisory lock by name. */
const BY_NAME = 7205762;

type PassageStore = Pick<
  DocumentStore,
  | 'passages'
  | 'beginnings'
  | 'replacePassages'
  | 'changesAfter'
  | 'readersChangedAfter'
  | 'latestChange'
  | 'origin'
  | 'exclusively'
>;

export function passageStore({ query, transaction, shared }: Database): PassageStore {
  return {
    async passages(viewer, ids) {
      const rows = await query<PassageRow>(
        `SELECT ${PASSAGE} FROM passages p JOIN documents d ON d.id = p.document_id
         WHERE p.id = ANY($1::uuid[]) AND (d.viewer_id = $2 OR (d.shared AND d.tenant = $3))`,
        [ids.filter(isUuid), viewer.id, viewer.tenant],
      );
      return new Map(rows.map((row) => [row.id, toPassage(row)]));
    },

    async beginnings(viewer, ids, { limit, mostDocuments }) {
      const documents = await query<{ id: string; passage_count: number }>(
        `SELECT d.id, d.passage_count FROM documents d
         WHERE (d.viewer_id = $1 OR (d.shared AND d.tenant = $2)) AND d.passage_count > 0
           AND ${unlessNull(ids, '$3::uuid[]', 'd.id = ANY($3)')}
         ORDER BY d.id LIMIT $4`,
        [viewer.id, viewer.tenant, ids?.filter(isUuid) ?? null, mostDocuments + 1],
      );
      if (documents.length === 0 || documents.length > mostDocuments) return [];
      const each = Math.max(1, Math.floor(limit / documents.length));
      const wanted = documents.flatMap(({ id, passage_count }) =>
        overviewOf(passage_count, each).map((place) => ({ id, place })),
      );
      const rows = await query<PassageRow>(
        `SELECT ${PASSAGE} FROM (
           SELECT id, document_id, row_number() OVER (PARTITION BY document_id ORDER BY sequence) - 1 AS place
           FROM passages WHERE document_id = ANY($1)) o
         JOIN unnest($2::uuid[], $3::int[]) AS w(document_id, place) ON w.document_id = o.document_id AND w.place = o.place
         JOIN passages p ON p.id = o.id JOIN documents d ON d.id = p.document_id
         WHERE d.viewer_id = $4 OR (d.shared AND d.tenant = $5)
         ORDER BY p.document_id, o.place LIMIT $6`,
        [
          documents.map(({ id }) => id),
          wanted.map(({ id }) => id),
          wanted.map(({ place }) => place),
          ...[viewer.id, viewer.tenant, limit],
        ],
      );
      return rows.map(toPassage);
    },

    replacePassages: (id, owner, passages) =>
      transaction(async (run) => {
        if (!isUuid(id)) return false;
        const [document] = await run('SELECT 1 FROM documents WHERE id = $1 AND owner = $2 FOR UPDATE', [id, owner]);
        if (!document) return false;
        await removePassages(run, id);
        for (let from = 0; from < passages.length; from += AT_ONCE) {
          const some = passages.slice(from, from + AT_ONCE);
          await run(
            `INSERT INTO passages (id, document_id, sequence, start, "end", text, heading)
             SELECT p.id, $1, nextval('passage_sequence'), p.start, p."end", p.text, p.heading
             FROM unnest($2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[]) WITH ORDINALITY AS p(id, start, "end", text, heading, place) ORDER BY p.place`,
            [id, ...COLUMNS.map((key) => some.map((passage) => passage[key]))],
          );
        }
        await run('UPDATE documents SET passage_count = $2 WHERE id = $1', [id, passages.length]);
        return true;
      }),

    async changesAfter(sequence, limit) {
      const rows = await query<ChangeRow>(
        `(SELECT p.sequence, ${PASSAGE}, d.viewer_id, d.tenant FROM passages p JOIN documents d ON d.id = p.document_id
          WHERE p.sequence > $1 ORDER BY p.sequence LIMIT $2)
         UNION ALL
         (SELECT t.sequence, NULL, t.document_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM tombstones t
          WHERE t.sequence > $1 ORDER BY t.sequence LIMIT $2)
         ORDER BY sequence LIMIT $2`,
        [sequence, limit],
      );
      return rows.map(toChange);
    },

    async readersChangedAfter(sequence) {
      const [row] = await query<ReadersRow>(
        `SELECT greatest((SELECT max(sequence) FROM passages), (SELECT max(sequence) FROM tombstones)) AS position,
           (SELECT max(sequence) FROM tombstones WHERE sequence > $1) AS removed,
           (SELECT coalesce(json_agg(o), '[]') FROM (
             SELECT d.viewer_id AS "viewerId", d.tenant, d.shared, max(p.sequence) AS sequence
             FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.sequence > $1
             GROUP BY d.viewer_id, d.tenant, d.shared) o) AS added`,
        [Math.min(sequence, Number.MAX_SAFE_INTEGER)],
      );
      return { position: Number(row?.position ?? 0), removed: Number(row?.removed ?? 0), added: row?.added ?? [] };
    },

    async latestChange() {
      const [row] = await query<{ last: string | null }>(
        'SELECT CASE WHEN is_called THEN last_value END AS last FROM passage_sequence',
        [],
      );
      return Number(row?.last ?? 0);
    },

    async origin() {
      // Made at random with the first migration.
      const [row] = await query<{ id: string }>(
        'SELECT id FROM _prisma_migrations ORDER BY started_at, id LIMIT 1',
        [],
      );
      return row?.id ?? '';
    },

    async exclusively(name, work) {
      if (!shared) {
        await work();
        return true;
      }
      // In a transaction, so that it works behind a pooler too, and ends with the connection of a replica that dies.
      return transaction(async (run) => {
        const sql = `SELECT pg_try_advisory_xact_lock(${BY_NAME}, hashtext($1)) AS free`;
        const [lock] = await run<{ free: boolean }>(sql, [name]);
        if (lock?.free) await work();
        return lock?.free === true;
      });
    },
  };
}

function toChange(row: ChangeRow): PassageChange {
  const sequence = Number(row.sequence);
  if (row.viewer_id === null) return { sequence, type: 'removed', documentId: row.document_id };
  const { viewer_id: viewerId, tenant, shared } = row;
  return { sequence, type: 'added', passage: { ...toPassage(row), viewerId, tenant, shared } };
}
