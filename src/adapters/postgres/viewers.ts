import type { ViewerStore } from '#core/ports/store.ts';
import { newId } from '#core/runtime/identifier.ts';
import { batched } from './batched.ts';
import { type Database, whole } from './database.ts';

interface Identity {
  readonly tenant: string;
  readonly subject: string;
}

export function viewerStore({ query, transaction }: Database): ViewerStore {
  const idOf = batched<Identity, string | null>(async (asked) => {
    const rows = await query<{ id: string; place: string }>(
      `SELECT viewers.id, asked.place FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (tenant, subject, place)
       JOIN viewers USING (tenant, subject)`,
      [asked.map(({ tenant }) => tenant), asked.map(({ subject }) => subject)],
    );
    const found = new Map(rows.map(({ id, place }) => [Number(place) - 1, id]));
    return asked.map((_, index) => found.get(index) ?? null);
  });
  return {
    async ensure({ tenant, subject, role }) {
      let id = await idOf({ tenant, subject });
      if (id === null) {
        await query('INSERT INTO viewers (id, tenant, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          newId(),
          tenant,
          subject,
        ]);
        id = await idOf({ tenant, subject });
      }
      if (id === null) throw new Error('a viewer that was just made is gone');
      return { id, tenant, subject, role };
    },

    async usage(viewer, since) {
      const [row] = await query<UsageRow>(
        `SELECT ${SUMS}, coalesce(sum(turn), 0) AS turns FROM (${CALLS}) calls WHERE viewer_id = $1 AND at >= coalesce($2, '-infinity'::timestamptz)`,
        [viewer.id, since],
      );
      return { ...toUsage(row), turns: Number(row?.turns ?? 0) };
    },

    erase: (viewer) =>
      transaction(async (run) => {
        const removed: Record<string, number> = {};
        // Deletes cascade to messages, generations, evaluations, ratings, runs and results of sets.
        for (const table of ['conversations', 'evaluation_sets', 'model_calls', 'api_keys'])
          removed[table] = (await run(`DELETE FROM ${table} WHERE viewer_id = $1 RETURNING 1`, [viewer.id])).length;
        const { tenant, subject } = viewer;
        removed['overrides'] = (
          await run('DELETE FROM scoped_overrides WHERE tenant = $1 AND subject = $2 RETURNING 1', [tenant, subject])
        ).length;
        return removed;
      }),

    async tenantUsage(tenant, since) {
      const [row] = await query<UsageRow>(
        `SELECT ${SUMS} FROM (${CALLS}) calls JOIN viewers ON viewers.id = calls.viewer_id WHERE viewers.tenant = $1 AND at >= $2`,
        [tenant, since],
      );
      return toUsage(row);
    },

    async charge(viewer, { id, model, usage, isOpen = false }) {
      await query(
        `INSERT INTO model_calls (id, viewer_id, model, input_tokens, output_tokens, cost_usd)
         SELECT $1, id, $3, $4, $5, $6 FROM viewers WHERE id = $2 ON CONFLICT (id) DO ${isOpen ? 'NOTHING' : 'UPDATE SET input_tokens = $4, output_tokens = $5, cost_usd = $6'}`,
        [id, viewer.id, model, whole(usage.inputTokens), whole(usage.outputTokens), usage.costUsd],
      );
    },
  };
}

interface UsageRow extends Record<string, unknown> {
  readonly input: string;
  readonly output: string;
  readonly cost: number;
  readonly turns?: string;
}
const SUMS = `coalesce(sum(input_tokens), 0) AS input, coalesce(sum(output_tokens), 0) AS output, coalesce(sum(cost_usd), 0)::float8 AS cost`;
/** Every model call that is accounted for: a generation's own together, the others one by one. */
const CALLS = `
  SELECT viewer_id, input_tokens, output_tokens, cost_usd, started_at AS at, 1 AS turn FROM generations
  UNION ALL SELECT viewer_id, input_tokens, output_tokens, cost_usd, created_at, 0 FROM model_calls`;

const toUsage = (row: UsageRow | undefined) => ({
  inputTokens: Number(row?.input ?? 0),
  outputTokens: Number(row?.output ?? 0),
  costUsd: row?.cost ?? 0,
});
