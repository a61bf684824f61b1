import type { ConversationStore } from '#core/ports/store.ts';
import { selectBranch } from './branches.ts';
import { createConversation } from './create-conversation.ts';
import { type Database, isUuid } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';
import { CONVERSATION, type ConversationRow, toConversation, toUsage, USAGE, type UsageRow } from './rows.ts';

const ORDERS: Readonly<Record<'CREATED' | 'UPDATED', Keyset>> = {
  CREATED: { list: 'c', columns: [{ name: 'id', type: 'uuid' }], descending: true },
  UPDATED: {
    list: 'u',
    columns: [
      { name: 'updated_at', type: 'timestamptz' },
      { name: 'id', type: 'uuid' },
    ],
    descending: true,
  },
};

export function conversationStore({ query, transaction }: Database): ConversationStore {
  return {
    create: createConversation(query),
    select: selectBranch({ transaction }),

    async usage(viewer, ids) {
      const rows = await query<UsageRow & { conversation_id: string }>(
        `SELECT conversation_id, ${USAGE} FROM generations
         WHERE conversation_id = ANY($1::uuid[]) AND viewer_id = $2 GROUP BY conversation_id`,
        [ids.filter(isUuid), viewer.id],
      );
      return new Map(rows.map((row) => [row.conversation_id, toUsage(row)]));
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

    async list(viewer, page, search, orderBy = 'CREATED') {
      const keyset = ORDERS[orderBy];
      const { sql, parameters } = pageClause(keyset, page, 2);
      const rows = await query<ConversationRow>(
        `SELECT ${CONVERSATION} FROM conversations
         WHERE viewer_id = $1 AND ($2::text IS NULL OR strpos(lower(title), lower($2)) > 0)${sql}`,
        [viewer.id, search, ...parameters],
      );
      const keysOf = ({ id, updated_at }: ConversationRow) =>
        orderBy === 'CREATED' ? [id] : [new Date(updated_at).toISOString(), id];
      return toPage(rows, page, keyset, keysOf, toConversation);
    },

    async rename(viewer, id, title) {
      if (!isUuid(id)) return null;
      const [row] = await query<ConversationRow>(
        `UPDATE conversations SET title = $3, updated_at = now() WHERE id = $1 AND viewer_id = $2 RETURNING ${CONVERSATION}`,
        [id, viewer.id, title],
      );
      return row ? toConversation(row) : null;
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
        const [deleted] = await run<ConversationRow>(
          `DELETE FROM conversations WHERE id = $1 AND viewer_id = $2 RETURNING ${CONVERSATION}`,
          [id, viewer.id],
        );
        return {
          conversation: toConversation(deleted as ConversationRow),
          liveGenerationIds: live.map((generation) => generation.id),
        };
      });
    },
  };
}
