import { randomUUIDv7 } from 'node:crypto';
import type { ViewerStore } from '#core/ports/store.ts';
import type { Database } from './database.ts';

export function viewerStore({ query }: Database): ViewerStore {
  return {
    async ensure({ tenant, subject, role }) {
      const find = () =>
        query<{ id: string }>('SELECT id FROM viewers WHERE tenant = $1 AND subject = $2', [tenant, subject]);
      let [row] = await find();
      if (!row) {
        await query('INSERT INTO viewers (id, tenant, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          randomUUIDv7(),
          tenant,
          subject,
        ]);
        [row] = await find();
      }
      if (!row) throw new Error('a viewer that was just made is gone');
      return { id: row.id, tenant, subject, role };
    },

    async usage(viewer, since) {
      const [row] = await query<{ input: string; output: string; cost: number; turns: string }>(
        `SELECT coalesce(sum(input_tokens), 0) AS input, coalesce(sum(output_tokens), 0) AS output,
           coalesce(sum(cost_usd), 0)::float8 AS cost, count(*) AS turns
         FROM generations WHERE viewer_id = $1 AND started_at >= coalesce($2, '-infinity'::timestamptz)`,
        [viewer.id, since],
      );
      return {
        inputTokens: Number(row?.input ?? 0),
        outputTokens: Number(row?.output ?? 0),
        costUsd: row?.cost ?? 0,
        turns: Number(row?.turns ?? 0),
      };
    },
  };
}
