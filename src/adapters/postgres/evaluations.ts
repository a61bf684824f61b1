import type { EvaluationGrouping, EvaluationStore, EvaluationSummary } from '#core/ports/evaluation-store.ts';
import { type Database, isUuid, unlessNull } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';
import { type EvaluationRow, type FeedbackRow, toEvaluation, toFeedback } from './rows.ts';

const NEWEST: Keyset = {
  list: 'e',
  columns: [
    { name: 'e.created_at', type: 'timestamptz' },
    { name: 'e.id', type: 'uuid' },
  ],
  descending: true,
};

/** The SQL expression of each grouping's key. */
const KEYS: Readonly<Record<EvaluationGrouping | 'ALL', string>> = {
  DAY: `to_char(g.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  MODEL: `coalesce(g.model, 'none')`,
  INTENT: `coalesce(u.intent->>'type', 'none')`,
  ALL: `'all'`,
};
const MOST_GROUPS = 1000;

type Row = EvaluationRow & { message_id: string; feedback: FeedbackRow | null };

export function evaluationStore({ query }: Database): EvaluationStore {
  return {
    async list(viewer, page, { conversationId, since, until, maxOverall, model }) {
      const { sql, parameters } = pageClause(NEWEST, page, 6);
      const keysOf = ({ created_at, id }: Row) => [new Date(created_at).toISOString(), id];
      const toNode = (row: Row) => toEvaluation(row, row.message_id, row.feedback && toFeedback(row.feedback));
      if (conversationId !== null && !isUuid(conversationId)) return toPage([], page, NEWEST, keysOf, toNode);
      const rows = await query<Row>(
        `SELECT e.id, e.report, e.created_at, g.message_id, to_json(f) AS feedback
         FROM evaluations e JOIN generations g ON g.id = e.generation_id LEFT JOIN feedback f ON f.message_id = g.message_id
         WHERE e.viewer_id = $1 AND ${unlessNull(conversationId, '$2::uuid', 'g.conversation_id = $2')}
           AND ${unlessNull(since, '$3::timestamptz', 'e.created_at >= $3')}
           AND ${unlessNull(until, '$4::timestamptz', 'e.created_at < $4')}
           AND ${unlessNull(maxOverall, '$5::float8', "(e.report->>'overall')::float8 <= $5")}
           AND ${unlessNull(model, '$6::text', 'g.model = $6')}${sql}`,
        [viewer.id, conversationId, since, until, maxOverall, model, ...parameters],
      );
      return toPage(rows, page, NEWEST, keysOf, toNode);
    },

    async summary(viewer, { since, until, groupBy }) {
      const score = (name: string) => `avg((e.report->>'${name}')::float8)`;
      const rows = await query<EvaluationSummary & Record<string, unknown>>(
        `SELECT ${KEYS[groupBy ?? 'ALL']} AS key, count(e.id)::int AS count, ${score('overall')} AS overall,
           ${score('relevance')} AS relevance, ${score('groundedness')} AS groundedness,
           avg(CASE f.rating WHEN 'UP' THEN 1.0 WHEN 'DOWN' THEN 0.0 END)::float8 AS satisfaction,
           (percentile_disc(0.95) WITHIN GROUP (ORDER BY g.duration_ms) FILTER (WHERE g.status = 'COMPLETE'))::float8 AS "p95Ms",
           avg(CASE WHEN g.status IN ('FAILED', 'INTERRUPTED') THEN 1.0 ELSE 0.0 END)::float8 AS "errorRate"
         FROM generations g LEFT JOIN evaluations e ON e.generation_id = g.id
           LEFT JOIN feedback f ON f.message_id = g.message_id LEFT JOIN messages u ON u.id = g.user_message_id
         WHERE g.viewer_id = $1 AND g.status NOT IN ('PENDING', 'STREAMING')
           AND ${unlessNull(since, '$2::timestamptz', 'g.started_at >= $2')}
           AND ${unlessNull(until, '$3::timestamptz', 'g.started_at < $3')}
         GROUP BY 1 HAVING count(e.id) > 0 ORDER BY 1 LIMIT ${MOST_GROUPS}`,
        [viewer.id, since, until],
      );
      return rows;
    },
  };
}
