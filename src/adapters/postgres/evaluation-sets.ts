import type {
  CaseResultRecord,
  EvaluationCase,
  EvaluationRunRecord,
  EvaluationSetRecord,
  EvaluationSetStore,
  RunStatus,
} from '#core/ports/evaluation-set-store.ts';
import type { QualityReport } from '#core/turn.ts';
import { type Database, isUuid, json, whole } from './database.ts';
import { type Keyset, pageClause, toPage } from './paging.ts';

interface SetRow extends Record<string, unknown> {
  id: string;
  viewer_id: string;
  name: string;
  size: number;
  created_at: Date;
}
interface RunRow extends Record<string, unknown> {
  id: string;
  set_id: string;
  status: string;
  judge: string;
  tolerance: number;
  total: number;
  done: number;
  error: string | null;
  created_at: Date;
}
interface ResultRow extends Record<string, unknown> {
  number: number;
  query: string;
  response: string;
  report: QualityReport;
  generation_id: string | null;
  previous: number | null;
}

const SETS: Keyset = { list: 'es', columns: [{ name: 'id', type: 'uuid' }], descending: true };
const RUNS: Keyset = { list: 'er', columns: [{ name: 'r.id', type: 'uuid' }], descending: true };
const RESULTS: Keyset = { list: 'cr', columns: [{ name: 'c.number', type: 'int' }], descending: false };
const SET = 'id, viewer_id, name, size, created_at';
const RUN = 'r.id, r.set_id, r.status, r.judge, r.tolerance, r.total, r.done, r.error, r.created_at';
const OPEN = "status IN ('QUEUED', 'RUNNING')";
const CLAIMABLE = `${OPEN} AND (owner IS NULL OR owner = $1 OR lease_until < now())`;

const toSet = (row: SetRow): EvaluationSetRecord => ({
  ...{ id: row.id, viewerId: row.viewer_id, name: row.name, size: row.size, createdAt: row.created_at },
});
const toRun = (row: RunRow): EvaluationRunRecord => ({
  ...{ id: row.id, setId: row.set_id, status: row.status as RunStatus, judge: row.judge, tolerance: row.tolerance },
  ...{ total: row.total, done: row.done, error: row.error, createdAt: row.created_at },
});
const toResult = (row: ResultRow): CaseResultRecord => ({
  ...{ number: row.number, query: row.query, response: row.response, report: row.report },
  ...{ generationId: row.generation_id, previousOverall: row.previous },
});

/** Results `c` of the viewer's run ($1, $2), each with the case's score in the last complete run of the same judge before it. */
const RESULTS_OF_RUN = `
  SELECT c.number, s.cases -> (c.number - 1) ->> 'query' AS query, c.response, c.report, c.generation_id,
    (before.report ->> 'overall')::float8 AS previous
  FROM case_results c
    JOIN evaluation_runs r ON r.id = c.run_id JOIN evaluation_sets s ON s.id = r.set_id AND s.viewer_id = $1
    LEFT JOIN LATERAL (SELECT p.id FROM evaluation_runs p
      WHERE p.set_id = r.set_id AND p.id < r.id AND p.status = 'COMPLETE' AND p.judge = r.judge ORDER BY p.id DESC LIMIT 1) last ON true
    LEFT JOIN case_results before ON before.run_id = last.id AND before.number = c.number
  WHERE c.run_id = $2`;

export function evaluationSetStore({ query, transaction }: Database): EvaluationSetStore {
  return {
    async create(viewer, { id, name, fingerprint, cases }) {
      const [row] = await query<SetRow>(
        `WITH made AS (INSERT INTO evaluation_sets (id, viewer_id, name, fingerprint, cases, size)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (viewer_id, fingerprint) DO NOTHING RETURNING ${SET})
         SELECT ${SET} FROM made UNION ALL SELECT ${SET} FROM evaluation_sets WHERE viewer_id = $2 AND fingerprint = $4 LIMIT 1`,
        [id, viewer.id, name, fingerprint, json(cases), cases.length],
      );
      if (!row) throw new Error('an evaluation set that was just made is gone');
      return toSet(row);
    },

    async get(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<SetRow>(`SELECT ${SET} FROM evaluation_sets WHERE viewer_id = $1 AND id = $2`, [
        viewer.id,
        id,
      ]);
      return row ? toSet(row) : null;
    },

    async list(viewer, page) {
      const { sql, parameters } = pageClause(SETS, page, 1);
      const rows = await query<SetRow>(`SELECT ${SET} FROM evaluation_sets WHERE viewer_id = $1${sql}`, [
        viewer.id,
        ...parameters,
      ]);
      return toPage(rows, page, SETS, (row) => [row.id], toSet);
    },

    async createRun(viewer, { id, setId, tolerance, most }) {
      if (!isUuid(setId)) return null;
      const [row] = await query<RunRow>(
        `INSERT INTO evaluation_runs AS r (id, set_id, status, tolerance, total)
         SELECT $1, id, 'QUEUED', $4, size FROM evaluation_sets WHERE viewer_id = $2 AND id = $3
           AND (SELECT count(*) FROM evaluation_runs o JOIN evaluation_sets s ON s.id = o.set_id WHERE s.viewer_id = $2 AND ${OPEN}) < $5
         RETURNING ${RUN}`,
        [id, viewer.id, setId, tolerance, whole(most)],
      );
      return row ? toRun(row) : null;
    },

    async getRun(viewer, id) {
      if (!isUuid(id)) return null;
      const [row] = await query<RunRow>(
        `SELECT ${RUN} FROM evaluation_runs r JOIN evaluation_sets s ON s.id = r.set_id WHERE s.viewer_id = $1 AND r.id = $2`,
        [viewer.id, id],
      );
      return row ? toRun(row) : null;
    },

    async listRuns(viewer, setId, page) {
      const { sql, parameters } = pageClause(RUNS, page, 2);
      const rows = await query<RunRow>(
        `SELECT ${RUN} FROM evaluation_runs r JOIN evaluation_sets s ON s.id = r.set_id
         WHERE s.viewer_id = $1 AND r.set_id = $2${sql}`,
        [viewer.id, isUuid(setId) ? setId : null, ...parameters],
      );
      return toPage(rows, page, RUNS, (row) => [row.id], toRun);
    },

    async results(viewer, runId, page) {
      const { sql, parameters } = pageClause(RESULTS, page, 2);
      const rows = await query<ResultRow>(`${RESULTS_OF_RUN}${sql}`, [
        viewer.id,
        isUuid(runId) ? runId : null,
        ...parameters,
      ]);
      return toPage(rows, page, RESULTS, (row) => [String(row.number)], toResult);
    },

    async regressions(viewer, runId) {
      const rows = await query<ResultRow>(
        `SELECT results.* FROM (${RESULTS_OF_RUN}) results JOIN evaluation_runs r ON r.id = $2
         WHERE previous - (report ->> 'overall')::float8 > r.tolerance
         ORDER BY previous - (report ->> 'overall')::float8 DESC LIMIT 1000`,
        [viewer.id, isUuid(runId) ? runId : null],
      );
      return rows.map(toResult);
    },

    async summary(viewer, runId) {
      const [row] = await query<{ count: number; overall: number; relevance: number; groundedness: number | null }>(
        `SELECT count(*)::int AS count, avg((report ->> 'overall')::float8) AS overall, avg((report ->> 'relevance')::float8) AS relevance,
           avg((report ->> 'groundedness')::float8) AS groundedness FROM (${RESULTS_OF_RUN}) results`,
        [viewer.id, isUuid(runId) ? runId : null],
      );
      return row && row.count > 0 ? row : null;
    },

    claim: (id, owner, leaseMs) =>
      transaction(async (run) => {
        if (!isUuid(id)) return null;
        const [claimed] = await run<RunRow>(
          `UPDATE evaluation_runs AS r SET status = 'RUNNING', owner = $1, lease_until = now() + $3::int * interval '1 millisecond'
           WHERE id = $2 AND ${CLAIMABLE} RETURNING ${RUN}`,
          [owner, id, whole(leaseMs)],
        );
        if (!claimed) return null;
        const [set] = await run<SetRow & { cases: EvaluationCase[]; tenant: string; subject: string }>(
          `SELECT s.id, s.viewer_id, s.name, s.size, s.created_at, s.cases, v.tenant, v.subject
           FROM evaluation_sets s JOIN viewers v ON v.id = s.viewer_id WHERE s.id = $1`,
          [claimed.set_id],
        );
        if (!set) return null;
        const done = await run<{ number: number }>('SELECT number FROM case_results WHERE run_id = $1', [id]);
        return {
          run: toRun(claimed),
          set: toSet(set),
          viewer: { id: set.viewer_id, tenant: set.tenant, subject: set.subject, role: 'USER' as const },
          cases: set.cases,
          done: new Set(done.map(({ number }) => number)),
        };
      }),

    async renew(id, owner, leaseMs) {
      const rows = await query(
        `UPDATE evaluation_runs SET lease_until = now() + $3::int * interval '1 millisecond'
         WHERE id = $2 AND owner = $1 AND ${OPEN} RETURNING 1`,
        [owner, id, whole(leaseMs)],
      );
      return rows.length > 0;
    },

    async addResult(id, owner, { number, response, report, generationId }) {
      const rows = await query(
        `WITH r AS (SELECT id FROM evaluation_runs WHERE id = $1 AND owner = $2 AND ${OPEN} FOR UPDATE),
         c AS (INSERT INTO case_results (run_id, number, response, report, generation_id) SELECT r.id, $3::int, $4, $5, $6::uuid FROM r
           ON CONFLICT DO NOTHING RETURNING 1)
         UPDATE evaluation_runs SET done = done + (SELECT count(*) FROM c), judge = coalesce(nullif($7, ''), judge) FROM r WHERE evaluation_runs.id = r.id RETURNING 1`,
        [id, owner, number, response, json(report), generationId, report.judge],
      );
      return rows.length > 0;
    },

    async finish(id, owner, { status, error }) {
      await query(
        `UPDATE evaluation_runs SET status = $3, error = $4, owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2 AND ${OPEN}`,
        [id, owner, status, error],
      );
    },

    async unfinished(owner) {
      const rows = await query<{ id: string; viewer_id: string }>(
        `SELECT r.id, s.viewer_id FROM evaluation_runs r JOIN evaluation_sets s ON s.id = r.set_id WHERE ${CLAIMABLE} ORDER BY r.id`,
        [owner],
      );
      return rows.map((row) => ({ id: row.id, viewerId: row.viewer_id }));
    },
  };
}
