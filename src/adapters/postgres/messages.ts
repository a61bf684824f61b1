import type { MessageRecord, MessageStore, PageArguments } from '#core/ports/store.ts';
import { ASKED, ASKED_BY, ownedBatch } from './batched.ts';
import { followingMessages } from './branches.ts';
import { type Database, isUuid } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';
import { type FeedbackRow, MESSAGE, MESSAGE_JOINS, type MessageRow, toFeedback, toMessage } from './rows.ts';

const oldestFirst = (conversationId: string): Keyset => ({
  list: `m${conversationId}`,
  columns: [{ name: 'm.depth', type: 'int' }],
  descending: false,
});
/**
 * The active branch has one message at each depth, so a page lies within a known range of depths. With this condition it
 * costs the page under every plan, also before the database has statistics.
 */
function nearby({ first, after, last, before }: PageArguments): string {
  const size = (first ?? last ?? 20) + 1;
  if (last === undefined) return `m.depth <= ${after === undefined ? -1 : '$3::int'} + ${size}`;
  if (before === undefined) return `m.depth > (SELECT leaf_depth FROM conversations WHERE id = $1) - ${size}`;
  return `m.depth >= ${after === undefined ? '$3' : '$4'}::int - ${size}`;
}

const SELECT = `SELECT ${MESSAGE} FROM messages m ${MESSAGE_JOINS}`;

export function messageStore({ query }: Database): MessageStore {
  const getMany: MessageStore['getMany'] = async (viewer, ids) => {
    const rows = await query<MessageRow>(`${SELECT} WHERE m.id = ANY($1::uuid[]) AND m.viewer_id = $2`, [
      ids.filter(isUuid),
      viewer.id,
    ]);
    return new Map(rows.map((row) => [row.id, toMessage(row)]));
  };
  return {
    getMany,
    // Readers whom the store serves ask for it some times a second.
    get: ownedBatch<MessageRow, MessageRecord>(
      (parameters) =>
        query(
          `SELECT ${MESSAGE}, ${ASKED_BY} FROM ${ASKED} JOIN messages m USING (id, viewer_id) ${MESSAGE_JOINS}`,
          parameters,
        ),
      toMessage,
    ),

    async list(viewer, conversationId, page) {
      const keyset = oldestFirst(conversationId);
      const { sql, parameters } = pageClause(keyset, page, 2);
      if (!isUuid(conversationId)) return toPage([], page, keyset, () => [], toMessage);
      const rows = await query<MessageRow>(
        `${SELECT} WHERE m.conversation_id = $1 AND m.viewer_id = $2 AND m.active AND ${nearby(page)}${sql}`,
        [conversationId, viewer.id, ...parameters],
      );
      return toPage(rows, page, keyset, (row) => [String(row.depth)], toMessage);
    },

    following: followingMessages(query),

    async rate(viewer, messageId, rating, comment) {
      if (!isUuid(messageId)) return null;
      const [row] = await query<FeedbackRow>(
        `INSERT INTO feedback (message_id, viewer_id, rating, comment)
         SELECT id, viewer_id, $3, $4 FROM messages WHERE id = $1 AND viewer_id = $2
         ON CONFLICT (message_id) DO UPDATE SET rating = excluded.rating, comment = excluded.comment, created_at = now()
         RETURNING rating, comment, created_at`,
        [messageId, viewer.id, rating, comment],
      );
      return row ? toFeedback(row) : null;
    },
  };
}
