import type { DocumentStore } from '#core/ports/store.ts';
import { piecesOf } from '#core/text/characters.ts';
import { addOnce } from './add-once.ts';
import { type Database, isUuid } from './database.ts';
import { DOCUMENT, type DocumentRow, toDocument } from './rows.ts';

type UploadStore = Pick<DocumentStore, 'addUpload' | 'requeue' | 'upload' | 'setText' | 'dropUpload'>;

/**
 * UTF-16 code units that a statement carries of a text: it is copied several times on its way, and the embedded database never
 * gives back what memory it took once.
 */
const PIECE = 1_000_000;

export function uploadStore({ query, transaction }: Database): UploadStore {
  return {
    addUpload: (viewer, { id, title, titled, name, mediaType, bytes, kind, shared, ...request }, parts) =>
      addOnce(query, viewer.id, request, () =>
        transaction(async (run) => {
          const [row] = await run<DocumentRow>(
            `INSERT INTO documents (id, viewer_id, tenant, title, text, bytes, media_type, kind, shared, status, client_mutation_id, fingerprint)
             VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, 'QUEUED', $9, $10) RETURNING ${DOCUMENT}`,
            [
              ...[id, viewer.id, viewer.tenant, title, bytes, mediaType, kind, shared],
              ...[request.clientMutationId, request.fingerprint ?? null],
            ],
          );
          let part = 0;
          for await (const piece of parts) {
            await run(
              `INSERT INTO uploads (document_id, part, name, media_type, titled, bytes)
               VALUES ($1, $2, $3, $4, $5, $6)`,
              [id, part, name, mediaType, titled, piece],
            );
            part += 1;
          }
          return row;
        }),
      ),

    async requeue(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<DocumentRow>(
        `UPDATE documents SET status = 'QUEUED', progress = 0, error = NULL
         WHERE id = $1 AND viewer_id = $2 AND status IN ('INDEXED', 'FAILED') RETURNING ${DOCUMENT}`,
        [id, viewer.id],
      );
      return row ? toDocument(row) : null;
    },

    async upload(id) {
      const [row] = await query<{ name: string; media_type: string; titled: boolean }>(
        'SELECT name, media_type, titled FROM uploads WHERE document_id = $1 AND part = 0',
        [id],
      );
      return row ? { name: row.name, mediaType: row.media_type, titled: row.titled, parts: () => partsOf(id) } : null;
    },

    setText: (id, owner, { text, mediaType, title, pages = null }) =>
      transaction(async (run) => {
        const [first = '', ...further] = piecesOf(text, PIECE);
        const [row] = await run<DocumentRow>(
          `UPDATE documents SET text = $3, media_type = $4, title = coalesce($5, title), pages = $6
           WHERE id = $1 AND owner = $2 RETURNING ${DOCUMENT}`,
          [id, owner, first, mediaType, title, pages],
        );
        if (!row) return null;
        await run('DELETE FROM further_texts WHERE document_id = $1', [id]);
        for (const [part, piece] of further.entries())
          await run('INSERT INTO further_texts (document_id, part, text) VALUES ($1, $2, $3)', [id, part, piece]);
        await run('DELETE FROM uploads WHERE document_id = $1', [id]);
        return toDocument(row);
      }),

    async dropUpload(id) {
      await query('DELETE FROM uploads WHERE document_id = $1', [id]);
    },
  };

  async function* partsOf(id: string): AsyncGenerator<Uint8Array> {
    for (let part = 0; ; part += 1) {
      const sql = 'SELECT bytes FROM uploads WHERE document_id = $1 AND part = $2';
      const [row] = await query<{ bytes: Buffer }>(sql, [id, part]);
      if (!row) return;
      yield row.bytes;
    }
  }
}
