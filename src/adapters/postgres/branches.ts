/** The tree of a conversation's messages: what follows a message, and which way down is the active branch. */
import type { BranchPoint, ConversationStore, MessageRecord, MessageStore } from '#core/ports/store.ts';
import { type Database, isUuid } from './database.ts';
import {
  CONVERSATION,
  type ConversationRow,
  MESSAGE,
  MESSAGE_JOINS,
  type MessageRow,
  toConversation,
  toMessage,
} from './rows.ts';

/** Messages that are read of one branching point: the newest. */
const MOST_BRANCHES = 100;

/** Two statements at most, independent of the number of points, because no index serves IS NOT DISTINCT FROM. */
export function followingMessages(query: Database['query']): MessageStore['following'] {
  return async (viewer, points) => {
    const found: MessageRecord[][] = points.map(() => []);
    for (const isRoot of [true, false]) {
      const asked = points.flatMap((point, place) =>
        (point.parentId === null) === isRoot && isPoint(point) ? [{ ...point, place }] : [],
      );
      if (asked.length === 0) continue;
      const rows = await query<MessageRow & { place: number }>(
        `SELECT p.place, x.* FROM unnest($1::int[], $2::uuid[], $3::uuid[]) AS p(place, conversation_id, parent_id)
         CROSS JOIN LATERAL (
           SELECT ${MESSAGE} FROM (
             SELECT * FROM messages WHERE conversation_id = p.conversation_id AND viewer_id = $4
               AND ${isRoot ? 'parent_id IS NULL' : 'parent_id = p.parent_id'}
             ORDER BY created_at DESC, id DESC LIMIT ${MOST_BRANCHES}) m ${MESSAGE_JOINS}) x
         ORDER BY p.place, x.created_at, x.id`,
        [
          asked.map(({ place }) => place),
          asked.map(({ conversationId }) => conversationId),
          asked.map(({ parentId }) => parentId),
          viewer.id,
        ],
      );
      for (const { place, ...row } of rows) found[place]?.push(toMessage(row as MessageRow));
    }
    return found;
  };
}

const isPoint = ({ conversationId, parentId }: BranchPoint): boolean =>
  isUuid(conversationId) && (parentId === null || isUuid(parentId));

/** Up from the message $2 to the active branch, without its last message there. */
const WAY = `WITH RECURSIVE way AS (
  SELECT id, parent_id, depth FROM messages WHERE id = $2 AND NOT active
  UNION ALL
  SELECT m.id, m.parent_id, m.depth FROM way JOIN messages m ON m.id = way.parent_id WHERE NOT m.active)`;

/** Locks the conversation, so that a turn that begins at the same instant comes wholly before or after. */
export function selectBranch({ transaction }: Pick<Database, 'transaction'>): ConversationStore['select'] {
  return async (viewer, messageId) => {
    if (!isUuid(messageId)) return null;
    return transaction(async (run) => {
      const [own] = await run<{ id: string }>(
        `SELECT id FROM conversations WHERE viewer_id = $2
           AND id = (SELECT conversation_id FROM messages WHERE id = $1 AND viewer_id = $2) FOR NO KEY UPDATE`,
        [messageId, viewer.id],
      );
      if (!own) return null;
      const [leaf] = await run<{ id: string; depth: number }>(
        `WITH RECURSIVE below AS (
           SELECT id, depth, created_at FROM messages WHERE id = $2 AND conversation_id = $1
           UNION ALL
           SELECT m.id, m.depth, m.created_at FROM below JOIN messages m ON m.parent_id = below.id WHERE m.conversation_id = $1)
         SELECT id, depth FROM below ORDER BY created_at DESC, depth DESC, id DESC LIMIT 1`,
        [own.id, messageId],
      );
      if (!leaf) return null;
      // The active messages retire first: the active branch has one message at each depth.
      await run(
        `${WAY} UPDATE messages SET active = false
         WHERE conversation_id = $1 AND active AND depth >= (SELECT min(depth) FROM way)`,
        [own.id, leaf.id],
      );
      await run(
        `${WAY} UPDATE messages SET active = true FROM way WHERE messages.conversation_id = $1 AND messages.id = way.id`,
        [own.id, leaf.id],
      );
      const [row] = await run<ConversationRow>(
        `UPDATE conversations SET leaf_id = $2, leaf_depth = $3 WHERE id = $1 RETURNING ${CONVERSATION}`,
        [own.id, leaf.id, leaf.depth],
      );
      return row ? toConversation(row) : null;
    });
  };
}
