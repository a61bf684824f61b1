import type { SummaryStore, UnsummarisedMessage } from '#core/ports/summary-store.ts';
import type { SummaryRecord } from '#core/turn-records.ts';
import { type Database, isUuid, whole } from './database.ts';

interface Row extends Record<string, unknown> {
  summary: SummaryRecord | null;
  /** Null where nothing follows the summary. */
  message: UnsummarisedMessage | null;
}

/** Of the active branch down to the message $1. */
const UNSUMMARISED = `
SELECT to_json(s) AS summary, to_json(h) AS message
FROM (SELECT conversation_id, depth FROM messages WHERE id = $1 AND viewer_id = $2 AND active) leaf
LEFT JOIN LATERAL (
  SELECT x.message_id AS "messageId", x.depth, x.content AS text FROM summaries x JOIN messages m ON m.id = x.message_id
  WHERE x.conversation_id = leaf.conversation_id AND x.viewer_id = $2 AND x.depth <= leaf.depth AND m.active
  ORDER BY x.depth DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (
  SELECT id, depth, role, content, status FROM (
    SELECT *, sum(octet_length(content)) OVER (ORDER BY depth) - octet_length(content) AS older FROM (
      SELECT id, depth, role, content, status FROM messages m
      WHERE m.conversation_id = leaf.conversation_id AND m.active AND m.depth > coalesce(s.depth, -1) AND m.depth <= leaf.depth
      ORDER BY m.depth LIMIT $3::int) first) bounded
  WHERE older < $4::int) h ON true
ORDER BY h.depth`;

export function summaryStore({ query }: Database): SummaryStore {
  return {
    async unsummarised(viewer, messageId, { messages, bytes }) {
      if (!isUuid(messageId)) return null;
      const rows = await query<Row>(UNSUMMARISED, [messageId, viewer.id, whole(messages), whole(bytes)]);
      if (rows.length === 0) return null;
      return { summary: rows[0]?.summary ?? null, messages: rows.flatMap(({ message }) => message ?? []) };
    },

    async add(viewer, messageId, text) {
      if (!isUuid(messageId)) return;
      await query(
        `INSERT INTO summaries (message_id, conversation_id, viewer_id, depth, content)
         SELECT id, conversation_id, viewer_id, depth, $3 FROM messages WHERE id = $1 AND viewer_id = $2
         ON CONFLICT (message_id) DO NOTHING`,
        [messageId, viewer.id, text],
      );
    },
  };
}
