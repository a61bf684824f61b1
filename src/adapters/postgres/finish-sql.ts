import { RUNNING } from './flush-sql.ts';

/** Locks the conversation first, as deletion does. Another order would deadlock. */
const finish = (more: string): string =>
  `WITH l AS MATERIALIZED (SELECT conversations.id FROM conversations JOIN generations ON generations.conversation_id = conversations.id
     WHERE generations.id = $1 FOR NO KEY UPDATE OF conversations),
   g AS (UPDATE generations SET status = $3, model = $4, route = $5, cache = $6, input_tokens = $7, output_tokens = $8, cost_usd = $9,
       stages = $10, error = $11, first_token_ms = $12, duration_ms = $13, finish_reason = $19, open_call = NULL,
       judge_by = now() + $22::int * interval '1 millisecond'
     FROM l WHERE generations.id = $1 AND epoch = $2 AND ${RUNNING}
     RETURNING generations.id, generations.viewer_id, generations.conversation_id, user_message_id, message_id, epoch, client_mutation_id, features, started_at),
   m AS (UPDATE messages SET content = $14, reasoning = $18, status = $3, citations = $15 FROM g WHERE messages.id = g.message_id
     RETURNING messages.id, parent_id, depth, role, intent, created_at),
   q AS (UPDATE messages SET intent = $16 FROM g WHERE messages.id = g.user_message_id AND $16::jsonb IS NOT NULL),
   c AS (UPDATE conversations SET updated_at = now(), topic = coalesce($17, topic) FROM g WHERE conversations.id = g.conversation_id),
   e AS (INSERT INTO evaluations (id, viewer_id, generation_id, report) SELECT $20::uuid, g.viewer_id, g.id, $21::jsonb FROM g
     WHERE $20::uuid IS NOT NULL RETURNING created_at)${more}
   SELECT g.*, m.parent_id, m.depth, m.role, m.intent, m.created_at, e.created_at AS evaluated_at, to_json(f) AS feedback
   FROM m JOIN g ON true LEFT JOIN feedback f ON f.message_id = m.id LEFT JOIN e ON true`;

/** Answers what the caller does not know. $1 and $2 the generation and its epoch; the parameters stand in the order of the call. */
export const FINISH = finish('');

/** $23 the depth of the message that the summary ends with, $24 its text. Above an active answer all messages are its own branch's. */
export const FINISH_WITH_SUMMARY = finish(`,
   s AS (INSERT INTO summaries (message_id, conversation_id, viewer_id, depth, content)
     SELECT x.id, x.conversation_id, x.viewer_id, x.depth, $24 FROM g JOIN messages a ON a.id = g.message_id AND a.active
       JOIN messages x ON x.conversation_id = a.conversation_id AND x.active AND x.depth = $23::int AND x.depth < a.depth
     ON CONFLICT (message_id) DO NOTHING)`);
