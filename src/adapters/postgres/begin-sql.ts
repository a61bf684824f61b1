/**
 * The statement that begins a turn. All of it sees the database as it was when the statement began, and it writes only if
 * the conversation's leaf is still the one it saw: each beginning sets a new leaf, so a turn that began meanwhile shows.
 *
 * Its parts: `earlier` the turn that this clientMutationId had begun before, `t` where in which conversation the turn stands,
 * `c` the conversation with its leaf moved on, `q` the user's message, then the answer and the generation.
 *
 * Parameters 1 to 13 of every kind: viewer, user's message, assistant's message, generation, clientMutationId, features,
 * owner, lease in milliseconds, messages of history, fingerprint, bytes of history, what was asked, the presumed call. The kind's
 * own follow.
 */
import { CONVERSATION } from './rows.ts';

const Q_COLUMNS = 'id, conversation_id, viewer_id, parent_id, depth, role, content, status';
const qualified = (table: string) => CONVERSATION.replaceAll(/\w+/g, (column) => `${table}.${column}`);

const EARLIER = 'earlier AS (SELECT FROM generations WHERE viewer_id = $1 AND client_mutation_id = $5)';
const UNLESS_EARLIER = 'NOT EXISTS (SELECT FROM earlier)';

const MOVE_LEAF = `c AS (
  UPDATE conversations SET leaf_id = $3, leaf_depth = t.depth + 1, updated_at = now() FROM t
  WHERE conversations.id = t.conversation_id AND conversations.viewer_id = $1
    AND conversations.leaf_id IS NOT DISTINCT FROM t.leaf_id AND t.fits AND ${UNLESS_EARLIER}
  RETURNING ${qualified('conversations')})`;

const REST = `
a AS (
  INSERT INTO messages (${Q_COLUMNS}) SELECT $3::uuid, c.id, $1::uuid, q.id, q.depth + 1, 'ASSISTANT', '', 'PENDING' FROM c, q),
g AS (
  INSERT INTO generations (id, viewer_id, conversation_id, user_message_id, message_id, status, owner, lease_until, client_mutation_id, features, fingerprint, asked, open_call)
  SELECT $4::uuid, $1::uuid, c.id, q.id, $3::uuid, 'PENDING', $7, now() + $8::int * interval '1 millisecond', $5, $6::text[], $10, $12, $13::jsonb FROM c, q
  RETURNING started_at)`;

/** `history` and `summary` may use each other's rows: the history begins after the message that the summary `s` ends with. */
const answer = (history: string, summary: string) => `
SELECT EXISTS (SELECT FROM earlier) AS repeated, t.conversation_id, t.fits, to_json(c) AS conversation, to_json(q) AS question,
  g.started_at, CASE WHEN g.started_at IS NOT NULL THEN ${history} END AS history, to_json(s) AS summary
FROM (SELECT) AS one LEFT JOIN t ON true LEFT JOIN c ON true LEFT JOIN q ON true LEFT JOIN g ON true
  LEFT JOIN LATERAL (${summary}) s ON true`;

const NO_SUMMARY = 'SELECT NULL::int AS depth WHERE false';
/** The newest summary on the way down to depth `t.depth`; `onWay` tells whether a message `m` with a summary `x` lies on it. */
const summaryOnWay = (onWay: string) => `
  SELECT x.message_id AS "messageId", x.depth, x.content AS text FROM summaries x JOIN messages m ON m.id = x.message_id
  WHERE x.conversation_id = t.conversation_id AND x.viewer_id = $1 AND x.depth < t.depth AND $9::int > 0 AND (${onWay})
  ORDER BY x.depth DESC LIMIT 1`;

/**
 * Of messages `h` before depth `before`: what a model can be shown. An empty text is nothing to show, and some providers refuse
 * it. The intent is read of the last question alone.
 */
const asHistory = (before: string) =>
  `coalesce(json_agg(json_build_object('role', h.role, 'content', h.content, 'status', h.status,
    'intent', CASE WHEN h.depth >= ${before} - 2 THEN h.intent END) ORDER BY h.depth) FILTER (WHERE h.content <> ''), '[]')`;

interface Climb {
  /** The message that is read first, and the depth of the question that follows it. */
  readonly start: string;
  readonly before: string;
  /** Most messages; and bytes after which no further one is read. */
  readonly limit: string;
  readonly bytes: string;
  /** Messages at this depth or above are not read. */
  readonly after: string;
}

/** Up from a message, on any branch. */
export const historyAbove = ({ start, before, limit, bytes, after }: Climb): string => `(
  WITH RECURSIVE h AS (
    SELECT m.parent_id, m.role, m.content, m.status, m.intent, m.depth, 1 AS step, octet_length(m.content) AS bytes
    FROM messages m WHERE m.id = ${start} AND ${limit}::int > 0 AND m.depth > ${after}
    UNION ALL
    SELECT m.parent_id, m.role, m.content, m.status, m.intent, m.depth, h.step + 1, h.bytes + octet_length(m.content)
    FROM h JOIN messages m ON m.id = h.parent_id WHERE h.step < ${limit}::int AND h.bytes < ${bytes}::int AND m.depth > ${after})
  SELECT ${asHistory(before)} FROM h)`;

const AFTER_SUMMARY = 'coalesce(s.depth, -1)';
const historyOnBranch = (start: string) =>
  historyAbove({ start, before: 't.depth', limit: '$9', bytes: '$11', after: AFTER_SUMMARY });

/** The end of the active branch: one range of its index, independent of its length. */
const HISTORY_OF_BRANCH = `(
  SELECT ${asHistory('t.depth')} FROM (
    SELECT m.role, m.content, m.status, m.intent, m.depth,
      sum(octet_length(m.content)) OVER (ORDER BY m.depth DESC) - octet_length(m.content) AS newer
    FROM messages m WHERE m.conversation_id = t.conversation_id AND m.active AND m.depth < t.depth AND m.depth >= t.depth - $9::int
      AND m.depth > ${AFTER_SUMMARY}) h
  WHERE h.newer < $11::int)`;

/** $14 the conversation, $15 the text, $16 the title, $17 the system prompt. */
export const CREATE_AND_SEND = `WITH ${EARLIER},
c AS (
  INSERT INTO conversations (id, viewer_id, title, system_prompt, leaf_id, leaf_depth)
  SELECT $14::uuid, $1::uuid, $16, $17, $3::uuid, 1 WHERE ${UNLESS_EARLIER} RETURNING ${CONVERSATION}),
t AS (SELECT c.id AS conversation_id, true AS fits FROM c),
q AS (INSERT INTO messages (${Q_COLUMNS}) SELECT $2::uuid, c.id, $1::uuid, NULL, 0, 'USER', $15, 'COMPLETE' FROM c RETURNING *),
${REST}
${answer("CASE WHEN $9::int IS NOT NULL AND $11::int IS NOT NULL THEN '[]'::json END", NO_SUMMARY)}`;

/** $14 the conversation, $15 the text. */
export const SEND = `WITH ${EARLIER},
t AS MATERIALIZED (
  SELECT id AS conversation_id, leaf_id, leaf_depth + 1 AS depth, true AS fits FROM conversations WHERE id = $14 AND viewer_id = $1),
${MOVE_LEAF},
q AS (
  INSERT INTO messages (${Q_COLUMNS}) SELECT $2::uuid, c.id, $1::uuid, t.leaf_id, t.depth, 'USER', $15, 'COMPLETE' FROM c, t RETURNING *),
${REST}
${answer(HISTORY_OF_BRANCH, summaryOnWay('m.active'))}`;

/**
 * If the turn continues a retired branch, its `way` down becomes the active one again. The branch that was active from there on
 * retires first (the count waits for it), because the active branch has one message at each depth.
 */
const flipBranches = (retireFrom: string, above: string) => `
way AS (
  SELECT m.id, m.parent_id, m.depth FROM t JOIN messages m ON m.id = ${above} WHERE NOT m.active
  UNION ALL
  SELECT m.id, m.parent_id, m.depth FROM way JOIN messages m ON m.id = way.parent_id WHERE NOT m.active),
retired AS (
  UPDATE messages SET active = false FROM c, t
  WHERE messages.conversation_id = c.id AND messages.active
    AND messages.depth >= coalesce((SELECT min(way.depth) FROM way), ${retireFrom})
  RETURNING 1),
revived AS (
  UPDATE messages SET active = true FROM c, way
  WHERE messages.id = way.id AND messages.conversation_id = c.id AND (SELECT count(*) FROM retired) >= 0)`;

/** The `way` up to the active branch, and that branch above it. */
const SUMMARY_ON_ANY_BRANCH = summaryOnWay(
  'm.id IN (SELECT id FROM way) OR m.active AND x.depth < coalesce((SELECT min(way.depth) FROM way), t.depth)',
);

/** A question on any branch: `place` says below which message, at which depth, and whether the message named is of the right role. */
const questionAt = (place: string, more = ''): string => `WITH RECURSIVE ${EARLIER},
t AS MATERIALIZED (
  SELECT c.id AS conversation_id, c.leaf_id, ${place}
  FROM messages m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.id = $14 AND m.viewer_id = $1 AND c.viewer_id = $1${more}),
${MOVE_LEAF},
${flipBranches('t.depth', 't.parent_id')},
q AS (
  INSERT INTO messages (${Q_COLUMNS}) SELECT $2::uuid, c.id, $1::uuid, t.parent_id, t.depth, 'USER', $15, 'COMPLETE' FROM c, t
  WHERE (SELECT count(*) FROM retired) >= 0 RETURNING *),
${REST}
${answer(historyOnBranch('t.parent_id'), SUMMARY_ON_ANY_BRANCH)}`;

/** $14 the message, $15 the text: a new question as a sibling of an old one. */
export const EDIT = questionAt("m.parent_id, m.depth, m.role = 'USER' AS fits");

/** $14 the answer, $15 the text, $16 the conversation or null: a new question below an answer. */
export const CONTINUE = questionAt(
  "m.id AS parent_id, m.depth + 1 AS depth, m.role = 'ASSISTANT' AS fits",
  ' AND ($16::uuid IS NULL OR c.id = $16)',
);

/** $14 the message: another answer to it, or to the question that it answers. */
export const REGENERATE = `WITH RECURSIVE ${EARLIER},
t AS MATERIALIZED (
  SELECT c.id AS conversation_id, c.leaf_id, u.id AS question_id, u.parent_id, u.depth, u.role = 'USER' AS fits
  FROM messages m JOIN conversations c ON c.id = m.conversation_id
    JOIN messages u ON u.id = CASE WHEN m.role = 'USER' THEN m.id ELSE coalesce(m.parent_id, m.id) END
  WHERE m.id = $14 AND m.viewer_id = $1 AND c.viewer_id = $1 AND $2::uuid IS NOT NULL),
${MOVE_LEAF},
${flipBranches('t.depth + 1', 't.question_id')},
q AS (
  SELECT m.*, to_json(f) AS feedback FROM c, t JOIN messages m ON m.id = t.question_id LEFT JOIN feedback f ON f.message_id = m.id
  WHERE (SELECT count(*) FROM retired) >= 0),
${REST}
${answer(historyOnBranch('t.parent_id'), SUMMARY_ON_ANY_BRANCH)}`;
