import type { JobsDepth } from '#core/ports/jobs.ts';
import type { Database } from './database.ts';

const OPEN = `SELECT owner, lease_until FROM documents WHERE status NOT IN ('INDEXED', 'FAILED')
  UNION ALL SELECT owner, lease_until FROM evaluation_runs WHERE status IN ('QUEUED', 'RUNNING')`;

/** What runs has an owner whose lease is not over; the rest waits. The same from every server, whichever way jobs reach them. */
export async function jobsDepth({ query }: Database): Promise<JobsDepth> {
  const [row] = await query<{ running: number; waiting: number }>(
    `SELECT count(*) FILTER (WHERE runs)::int AS running, count(*) FILTER (WHERE NOT runs)::int AS waiting
     FROM (SELECT coalesce(owner IS NOT NULL AND lease_until >= now(), false) AS runs FROM (${OPEN}) open) told`,
    [],
  );
  return { running: row?.running ?? 0, waiting: row?.waiting ?? 0 };
}
