import type { AskedRecord, TakeoverStore } from '#core/ports/store.ts';
import { type BegunTurnRow, begunTurns, toBegunTurn } from './begun-turns.ts';
import { type Database, isUuid, whole } from './database.ts';
import { flushParameters, RELEASE, RUNS } from './flush-sql.ts';
import { COUNT_LOST, LOST, OPEN_CALL, TOLD } from './open-call-sql.ts';

/** `resumedAt`: length of the text that the last replica began with. */
type StoredAsked = AskedRecord & { readonly resumedAt?: number; readonly handovers?: number };

const whatWasAsked = ({ resumedAt: _, handovers: _counted, ...asked }: StoredAsked): AskedRecord => asked;

interface TakenRow extends Record<string, unknown> {
  id: string;
  asked: StoredAsked;
  lost_call: string | null;
  text: string;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
  viewer: { id: string; tenant: string; subject: string };
}

interface UnjudgedRow extends Pick<TakenRow, 'id' | 'asked' | 'viewer'> {
  [column: string]: unknown;
  judge_by: Date | null;
}

/**
 * The conversation is locked with the generation, as whoever deletes it locks it first; what somebody else has locked is left for
 * the next look. `text` is that from before the statement.
 */
const take = (which: string) => `WITH due AS MATERIALIZED (
  SELECT ${OPEN_CALL}, g.asked, length(m.content) AS length FROM generations g
    JOIN conversations c ON c.id = g.conversation_id JOIN messages m ON m.id = g.message_id
  WHERE g.status IN ('PENDING', 'STREAMING') AND ${which}
    AND g.asked IS NOT NULL AND ${RUNS} < $3 AND g.lease_until > now() - $4::float8 * interval '1 millisecond'
  ORDER BY g.lease_until LIMIT $6 FOR NO KEY UPDATE OF c SKIP LOCKED FOR UPDATE OF g SKIP LOCKED),
${LOST},
g AS (
  UPDATE generations SET owner = $1, lease_until = now() + $2::int * interval '1 millisecond', epoch = generations.epoch + 1, model = NULL,
    open_call = NULL, ${COUNT_LOST},
    asked = due.asked || jsonb_build_object('resumedAt', CASE WHEN $7 THEN due.length ELSE 0 END)
  FROM due WHERE generations.id = due.id RETURNING generations.id, due.asked, input_tokens, output_tokens, cost_usd),
m AS (UPDATE messages SET content = CASE WHEN $7 THEN content ELSE '' END, reasoning = NULL FROM due WHERE messages.id = due.message_id)
SELECT g.*, lost.model AS lost_call, messages.content AS text,
  json_build_object('id', viewers.id, 'tenant', viewers.tenant, 'subject', viewers.subject) AS viewer
FROM g JOIN generations before ON before.id = g.id JOIN messages ON messages.id = before.message_id JOIN viewers ON viewers.id = before.viewer_id
  LEFT JOIN lost ON lost.id = g.id`;

/** $1 the owner, $2 and $3 milliseconds in which it judges them and of their age, $4 whether its own count at once, $5 how many. */
const TAKE_UNJUDGED = `WITH due AS MATERIALIZED (
  SELECT id FROM generations WHERE judge_by IS NOT NULL AND (judge_by < now() OR ($4 AND owner = $1))
  ORDER BY judge_by LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED)
UPDATE generations SET owner = $1, judge_by = CASE WHEN asked IS NOT NULL AND started_at > now() - $3::float8 * interval '1 millisecond'
    THEN now() + $2::int * interval '1 millisecond' END
FROM due, viewers WHERE generations.id = due.id AND viewers.id = generations.viewer_id
RETURNING generations.id, asked, judge_by,
  json_build_object('id', viewers.id, 'tenant', viewers.tenant, 'subject', viewers.subject) AS viewer`;

const TAKE_DUE = take('(g.lease_until < now() OR ($5 AND g.owner = $1))');
const TAKE_ONE = take(`$5::boolean IS NOT NULL AND g.id = $8::uuid AND (NOT $9 OR g.lease_until < now() OR ${TOLD})`);

export function takeoverStore({ query }: Database): TakeoverStore {
  const begunOf = async (ids: readonly string[], historyLimit: number, historyBytes: number) => {
    const rows = await query<BegunTurnRow>(begunTurns('begun.id = ANY($1::uuid[])', { limit: '$2', bytes: '$3' }), [
      ...[ids, whole(historyLimit), whole(historyBytes)],
    ]);
    return new Map(rows.map((row) => [row.id, toBegunTurn(row)]));
  };
  return {
    async take({ owner, leaseMs, historyLimit, historyBytes, limit, formerLife, keepText, within, only, told }) {
      if (only !== undefined && !isUuid(only)) return [];
      const taken = await query<TakenRow>(only === undefined ? TAKE_DUE : TAKE_ONE, [
        ...[owner, whole(leaseMs), within.attempts, within.age, formerLife, whole(limit), keepText],
        ...(only === undefined ? [] : [only, told === true]),
      ]);
      if (taken.length === 0) return [];
      const ids = taken.map(({ id }) => id);
      const turns = await begunOf(ids, historyLimit, historyBytes);
      return taken.flatMap(({ id, asked, viewer, ...row }) => {
        const begun = turns.get(id);
        if (!begun) return [];
        const usage = { inputTokens: row.input_tokens, outputTokens: row.output_tokens, costUsd: row.cost_usd };
        // The role is the credential's, and a turn needs none.
        return [
          {
            begun,
            asked: whatWasAsked(asked),
            viewer: { ...viewer, role: 'USER' },
            text: row.text,
            lostCall: row.lost_call,
            usage,
          },
        ];
      });
    },

    async release(owner, turns) {
      await query(RELEASE, flushParameters(owner, -1, turns));
    },

    async takeUnjudged({ owner, withinMs, age, formerLife, limit, historyLimit, historyBytes }) {
      const taken = await query<UnjudgedRow>(TAKE_UNJUDGED, [owner, whole(withinMs), age, formerLife, whole(limit)]);
      const due = taken.filter((row) => row.judge_by !== null);
      if (due.length === 0) return [];
      const ids = due.map(({ id }) => id);
      const turns = await begunOf(ids, historyLimit, historyBytes);
      return due.flatMap(({ id, asked, viewer }) => {
        const begun = turns.get(id);
        return begun ? [{ begun, asked: whatWasAsked(asked), viewer: { ...viewer, role: 'USER' } }] : [];
      });
    },

    async unjudged(generationIds, again) {
      const ids = generationIds.filter(isUuid);
      await query(
        'UPDATE generations SET judge_by = CASE WHEN $2 THEN now() END WHERE id = ANY($1::uuid[]) AND judge_by IS NOT NULL',
        [ids, again],
      );
    },
  };
}
