import type { FeatureOverride, FeatureStore, GuardedTurn } from '#core/ports/store.ts';
import { type Database, isUuid, json, whole } from './database.ts';

/**
 * Overrides of everybody stand in feature_overrides, those of tenants and viewers in scoped_overrides: a server of a version that
 * knows the first alone reads no other's as everybody's.
 */
export function featureStore({ query }: Database): FeatureStore {
  return {
    list: () =>
      query<FeatureOverride & Record<string, unknown>>(
        `SELECT name, NULL AS tenant, NULL AS subject, enabled, rollout, guard, updated_at AS "updatedAt" FROM feature_overrides
         UNION ALL SELECT name, tenant, nullif(subject, ''), enabled, rollout, guard, updated_at FROM scoped_overrides
         ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST`,
        [],
      ),

    async set({ name, tenant, subject, enabled, rollout, guard }) {
      const changed =
        'enabled = excluded.enabled, rollout = excluded.rollout, guard = excluded.guard, updated_at = now()';
      if (tenant === null)
        await query(
          `INSERT INTO feature_overrides (name, enabled, rollout, guard) VALUES ($1, $2, $3, $4)
           ON CONFLICT (name) DO UPDATE SET ${changed}`,
          [name, enabled, rollout, guard],
        );
      else
        await query(
          `INSERT INTO scoped_overrides (name, tenant, subject, enabled, rollout, guard) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (name, tenant, subject) DO UPDATE SET ${changed}`,
          [name, tenant, subject ?? '', enabled, rollout, guard],
        );
    },

    async remove({ name, tenant, subject }) {
      if (tenant === null) await query('DELETE FROM feature_overrides WHERE name = $1', [name]);
      else
        await query('DELETE FROM scoped_overrides WHERE name = $1 AND tenant = $2 AND subject = $3', [
          name,
          tenant,
          subject ?? '',
        ]);
    },

    async claimGuard(rollout, owner, leaseMs) {
      const [row] = await query<{ state: unknown }>(
        `INSERT INTO rollout_guards (rollout, owner, lease_until) VALUES ($1, $2, now() + $3::int * interval '1 millisecond')
         ON CONFLICT (rollout) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
           WHERE rollout_guards.lease_until < now() RETURNING state`,
        [rollout, owner, whole(leaseMs)],
      );
      return row?.state;
    },

    async saveGuard(rollout, owner, state) {
      const rows = await query(
        `UPDATE rollout_guards SET state = $3, lease_until = now() - interval '1 millisecond'
         WHERE rollout = $1 AND owner = $2 AND lease_until >= now() RETURNING 1`,
        [rollout, owner, json(state)],
      );
      return rows.length > 0;
    },

    async turnsAfter(id, settledMs, limit) {
      if (!isUuid(id)) return [];
      return query<GuardedTurn & Record<string, unknown>>(
        `SELECT g.id, v.tenant, v.subject, g.features, g.status, g.error ->> 'code' AS "errorCode",
           coalesce(g.duration_ms, extract(epoch FROM now() - g.started_at) * 1000)::float8 AS "durationMs",
           (e.report ->> 'overall')::float8 AS quality
         FROM generations g JOIN viewers v ON v.id = g.viewer_id LEFT JOIN evaluations e ON e.generation_id = g.id
         WHERE g.id > $1 AND g.started_at <= now() - $2::int * interval '1 millisecond' ORDER BY g.id LIMIT $3`,
        [id, whole(settledMs), whole(limit)],
      );
    },
  };
}
