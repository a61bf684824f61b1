/**
 * The provider call that may be under way, as a generation's row tells it (`open_call`), and what it costs where its replica died.
 * Its keys: `epoch` of who wrote it; `model`, absent where no call runs; `price`; `input`, the request's tokens; `from`, where in the
 * answer its text begins. Before its request is known, `history` stands in place of `input`: most tokens of it.
 */
import type { FlushedTurn, OpenCall, PresumedCall } from '#core/ports/store.ts';

export const openCallJson = ({ epoch, openCall }: Pick<FlushedTurn, 'epoch' | 'openCall'>): string =>
  JSON.stringify({ epoch, ...(openCall && stored(openCall)) });

const stored = ({ model, price, inputTokens, from }: OpenCall) => ({
  model,
  price,
  input: Math.round(inputTokens),
  from,
});

export const presumedCallJson = (call: PresumedCall | null): string =>
  JSON.stringify({ epoch: 1, ...(call && { model: call.model, price: call.price, history: call.historyTokens }) });

/** As core estimates them (token-estimate.ts). */
const tokens = (text: string): string =>
  `(SELECT ceil(w.wide + (length(${text}) - w.wide) / 4.0) FROM (SELECT length(regexp_replace(${text}, '[^\\u2e80-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff]', '', 'g')) AS wide) w)`;

/** Messages before a question that are looked at for an estimate. */
const MESSAGES = 100;
const HISTORY = `coalesce((SELECT sum(${tokens('h.content')}) FROM messages h
  WHERE h.conversation_id = q.conversation_id AND h.active AND h.depth < q.depth AND h.depth >= q.depth - ${MESSAGES}), 0)`;

/** The columns of a generation `g` that `LOST` needs: it must have them from the locked row. */
export const OPEN_CALL = 'g.id, g.message_id, g.user_message_id, g.epoch, g.model, g.open_call';

/**
 * Of the generations `due`: model, tokens and US dollars of the call that was under way. Rows that the version before wrote under
 * this epoch tell the model alone: its price is not known here.
 */
export const LOST = `lost AS MATERIALIZED (
  SELECT x.id, x.model, x.input::int, x.output::int, coalesce((x.input * x.input_price + x.output * x.output_price) / 1e6, 0)::float8 AS cost
  FROM (
    SELECT due.id, o.model, (o.call -> 'price' ->> 'input')::float8 AS input_price, (o.call -> 'price' ->> 'output')::float8 AS output_price,
      coalesce((o.call ->> 'input')::int, ${tokens('q.content')} + least((o.call ->> 'history')::int, ${HISTORY})) AS input,
      ${tokens("substr(m.content, coalesce((o.call ->> 'from')::int, 0) + 1)")} + ${tokens("coalesce(m.reasoning, '')")} AS output
    FROM due JOIN messages m ON m.id = due.message_id JOIN messages q ON q.id = due.user_message_id
      CROSS JOIN LATERAL (SELECT CASE WHEN (due.open_call ->> 'epoch')::int = due.epoch THEN due.open_call ELSE jsonb_build_object('model', due.model) END AS call) c
      CROSS JOIN LATERAL (SELECT c.call, c.call ->> 'model' AS model) o
    WHERE o.model IS NOT NULL) x)`;

/** Adds what `lost` has of a generation to its usage. */
export const COUNT_LOST = `input_tokens = input_tokens + coalesce((SELECT lost.input FROM lost WHERE lost.id = generations.id), 0),
    output_tokens = output_tokens + coalesce((SELECT lost.output FROM lost WHERE lost.id = generations.id), 0),
    cost_usd = cost_usd + coalesce((SELECT lost.cost FROM lost WHERE lost.id = generations.id), 0)`;

/** A generation `g` whose owner has told whether it calls a model. */
export const TOLD = `(g.open_call -> 'history' IS NULL OR (g.open_call ->> 'epoch')::int <> g.epoch)`;
