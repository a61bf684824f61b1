import type { GenerationRecord, GenerationStore } from '#core/ports/store.ts';
import { ASKED, ASKED_BY, ownedBatch } from './batched.ts';
import { beginTurn } from './begin.ts';
import { type Database, isUuid, json } from './database.ts';
import { finishTurn } from './finish.ts';
import { FLUSH, flushParameters, RUNNING, RUNS } from './flush-sql.ts';
import { COUNT_LOST, LOST, OPEN_CALL } from './open-call-sql.ts';
import { type EvaluationRow, type GenerationRow, toEvaluation, toGeneration } from './rows.ts';

interface FigureRow extends Record<string, unknown> {
  p95Ms: number | null;
  quality: number | null;
  satisfaction: number | null;
  ended: number;
  failed: number;
  down: number;
}

export function generationStore(database: Database): GenerationStore {
  const { query } = database;
  return {
    begin: beginTurn(database),

    // Each reader of a stream asks for its generation, and readers come in thousands where a server or a proxy restarts.
    get: ownedBatch<GenerationRow, GenerationRecord>(
      (parameters) =>
        query(`SELECT g.*, ${ASKED_BY} FROM ${ASKED} JOIN generations g USING (id, viewer_id)`, parameters),
      toGeneration,
    ),

    async flush(owner, leaseMs, turns) {
      const known = turns.filter((turn) => isUuid(turn.generationId));
      const unknown = turns.filter((turn) => !isUuid(turn.generationId)).map((turn) => turn.generationId);
      if (known.length === 0) return unknown;
      const rows = await query<{ id: string }>(FLUSH, flushParameters(owner, leaseMs, known));
      return [...unknown, ...rows.map((row) => row.id)];
    },

    finish: finishTurn(database),

    async evaluate(viewer, generationId, { id, report }, stages) {
      if (!isUuid(generationId)) return null;
      const [row] = await query<EvaluationRow & { message_id: string }>(
        `WITH g AS (UPDATE generations SET stages = stages || $5::jsonb, judge_by = NULL WHERE id = $2 AND viewer_id = $3 RETURNING id, viewer_id, message_id)
         INSERT INTO evaluations (id, viewer_id, generation_id, report) SELECT $1, g.viewer_id, g.id, $4 FROM g
         ON CONFLICT (generation_id) DO UPDATE SET report = excluded.report, created_at = now()
         RETURNING id, report, created_at, (SELECT message_id FROM g)`,
        [id, generationId, viewer.id, json(report), json(stages)],
      );
      return row ? toEvaluation(row, row.message_id) : null;
    },

    async figures(since) {
      const [row] = await query<FigureRow>(
        `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY g.duration_ms) FILTER (WHERE g.status = 'COMPLETE')::float8 AS "p95Ms",
           avg((e.report ->> 'overall')::float8) AS quality,
           avg(CASE f.rating WHEN 'UP' THEN 1 WHEN 'DOWN' THEN 0 END)::float8 AS satisfaction,
           count(*) FILTER (WHERE NOT g.${RUNNING})::int AS ended,
           count(*) FILTER (WHERE g.status IN ('FAILED', 'INTERRUPTED'))::int AS failed,
           count(*) FILTER (WHERE g.status = 'INTERRUPTED' OR g.error ->> 'code' IN ('INTERNAL_SERVER_ERROR', 'STORE_UNAVAILABLE', 'OVERLOADED'))::int AS down
         FROM generations g LEFT JOIN evaluations e ON e.generation_id = g.id LEFT JOIN feedback f ON f.message_id = g.message_id
         WHERE g.started_at >= $1`,
        [since],
      );
      return row ?? { p95Ms: null, quality: null, satisfaction: null, ended: 0, failed: 0, down: 0 };
    },

    async interruptAbandoned(owner, error, beyond) {
      const [row] = await query<{ count: number }>(
        `WITH due AS MATERIALIZED (SELECT ${OPEN_CALL} FROM generations g
           WHERE ${RUNNING} AND (owner = $1 OR lease_until < now())
             AND ($3::int IS NULL OR asked IS NULL OR ${RUNS} >= $3 OR lease_until < now() - $4::float8 * interval '1 millisecond')
           FOR NO KEY UPDATE OF g SKIP LOCKED),
         ${LOST},
         g AS (UPDATE generations SET status = 'INTERRUPTED', error = $2, open_call = NULL, ${COUNT_LOST},
             duration_ms = least(2147483647, extract(epoch FROM now() - started_at) * 1000)::int
           FROM due WHERE generations.id = due.id RETURNING generations.message_id),
         m AS (UPDATE messages SET status = 'INTERRUPTED' FROM g WHERE messages.id = g.message_id)
         SELECT count(*)::int AS count FROM g`,
        [owner, json(error), beyond?.attempts ?? null, beyond?.age ?? null],
      );
      return row?.count ?? 0;
    },
  };
}
