import type { ConversationStore } from '#core/ports/store.ts';
import { type Database, isUuid } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';
import { CONVERSATION, type ConversationRow, toConversation } from './rows.ts';

const NEWEST_FIRST: Keyset = { column: 'id', type: 'uuid', descending: true };

export function conversationStore({ query, transaction }: Database): ConversationStore {
  return {
    async create(viewer, { id, title, systemPrompt }) {
      const [row] = await query<ConversationRow>(
        `INSERT INTO conversations (id, viewer_id, title, system_prompt) VALUES ($1, $2, $3, $4) RETURNING ${CONVERSATION}`,
        [id, viewer.id, title, systemPrompt],
      );
      return toConversation(row as ConversationRow);
    },

    async get(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<ConversationRow>(
        `SELECT ${CONVERSATION} FROM conversations WHERE id = $1 AND viewer_id = $2`,
        [id, viewer.id],
      );
      return row ? toConversation(row) : null;
    },

    async getMany(viewer, ids) {
      const rows = await query<ConversationRow>(
        `SELECT ${CONVERSATION} FROM conversations WHERE id = ANY($1::uuid[]) AND viewer_id = $2`,
        [ids.filter(isUuid), viewer.id],
      );
      return new Map(rows.map((row) => [row.id, toConversation(row)]));
    },

    async list(viewer, page, search) {
      const { sql, parameters } = pageClause(NEWEST_FIRST, page, 2);
      const rows = await query<ConversationRow>(
        `SELECT ${CONVERSATION} FROM conversations
         WHERE viewer_id = $1 AND ($2::text IS NULL OR strpos(lower(title), lower($2)) > 0)${sql}`,
        [viewer.id, search, ...parameters],
      );
      return toPage(rows, page, (row) => row.id, toConversation);
    },

    async rename(viewer, id, title) {
      if (!isUuid(id)) return null;
      const [row] = await query<ConversationRow>(
        `UPDATE conversations SET title = $3, updated_at = now() WHERE id = $1 AND viewer_id = $2 RETURNING ${CONVERSATION}`,
        [id, viewer.id, title],
      );
      return row ? toConversation(row) : null;
    },

    async setTopic(viewer, id, topic) {
      if (isUuid(id))
        await query('UPDATE conversations SET topic = $3 WHERE id = $1 AND viewer_id = $2', [id, viewer.id, topic]);
    },

    async delete(viewer, id) {
      if (!isUuid(id)) return null;
      return transaction(async (run) => {
        // Locked first, so that a turn which begins at this instant is among the live ones, or finds nothing; then what runs,
        // since a flush locks generations before messages, and the cascade does not.
        const [own] = await run('SELECT 1 FROM conversations WHERE id = $1 AND viewer_id = $2 FOR UPDATE', [
          id,
          viewer.id,
        ]);
        if (!own) return null;
        const live = await run<{ id: string }>(
          "SELECT id FROM generations WHERE conversation_id = $1 AND status IN ('PENDING', 'STREAMING') ORDER BY id FOR UPDATE",
          [id],
        );
        await run('DELETE FROM conversations WHERE id = $1 AND viewer_id = $2', [id, viewer.id]);
        return { liveGenerationIds: live.map((generation) => generation.id) };
      });
    },
  };
}
