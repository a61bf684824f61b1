import type { FlushedTurn } from '#core/ports/store.ts';
import { whole } from './database.ts';
import { openCallJson } from './open-call-sql.ts';

export const RUNNING = "status IN ('PENDING', 'STREAMING')";

/** $1 to $3 generations, epochs and texts, $4 the owner, $5 the lease in milliseconds, $6 models, $7 to $9 usage, $10 reasoning, $11 open calls. */
const flush = (also: string) => `WITH t AS (
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $6::text[], $7::int[], $8::int[], $9::float8[], $10::text[], $11::text[])
    AS t(id, epoch, content, model, input, output, cost, reasoning, call)),
g AS (UPDATE generations SET owner = $4, lease_until = now() + $5::int * interval '1 millisecond',
    status = CASE WHEN t.content || coalesce(t.reasoning, '') = '' THEN status ELSE 'STREAMING' END, model = t.model,
    input_tokens = coalesce(t.input, input_tokens), output_tokens = coalesce(t.output, output_tokens), cost_usd = coalesce(t.cost, cost_usd), open_call = t.call::jsonb${also}
  FROM t WHERE generations.id = t.id AND generations.epoch = t.epoch AND ${RUNNING}
  RETURNING generations.id, message_id, t.content, t.reasoning),
m AS (UPDATE messages SET content = g.content, status = 'STREAMING',
    reasoning = CASE WHEN g.reasoning IS NULL THEN messages.reasoning ELSE nullif(g.reasoning, '') END
  FROM g WHERE messages.id = g.message_id AND (g.content <> '' OR g.reasoning IS NOT NULL))
SELECT t.id FROM t WHERE t.id NOT IN (SELECT id FROM g)`;

const HANDOVERS = "coalesce((asked ->> 'handovers')::int, 0)";

export const FLUSH = flush('');
/** A flush that also counts a handover: `asked.handovers` holds how often a replica that ended well gave the turn up. */
export const RELEASE = flush(`, asked = asked || jsonb_build_object('handovers', ${HANDOVERS} + 1)`);

/** Handovers that do not count: a turn that every server hands on must not be begun, and billed, for ever. */
const FREE_HANDOVERS = 20;

/** How often a turn was begun, or taken from a replica that died: its epoch less its handovers. */
export const RUNS = `(epoch - least(${HANDOVERS}, ${FREE_HANDOVERS}))`;

export const flushParameters = (owner: string, leaseMs: number, turns: readonly FlushedTurn[]): unknown[] => [
  turns.map(({ generationId }) => generationId),
  turns.map(({ epoch }) => epoch),
  turns.map(({ content }) => content),
  owner,
  whole(leaseMs),
  turns.map(({ model }) => model ?? null),
  turns.map(({ usage }) => (usage ? whole(usage.inputTokens) : null)),
  turns.map(({ usage }) => (usage ? whole(usage.outputTokens) : null)),
  turns.map(({ usage }) => usage?.costUsd ?? null),
  turns.map(({ reasoning }) => reasoning ?? null),
  turns.map(openCallJson),
];
