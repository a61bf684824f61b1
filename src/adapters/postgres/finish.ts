/** The end of a turn in one statement. What it writes is not read back: its JSON would be made, sent and parsed once more. */
import type { FinishTurn, GenerationRecord, GenerationStore, MessageRecord } from '#core/ports/store.ts';
import { storable } from '#core/text/characters.ts';
import { type Database, isUuid, json, whole } from './database.ts';
import { FINISH, FINISH_WITH_SUMMARY } from './finish-sql.ts';
import { type FeedbackRow, toEvaluation, toFeedback } from './rows.ts';

interface FinishedRow extends Record<string, unknown> {
  readonly id: string;
  readonly viewer_id: string;
  readonly conversation_id: string;
  readonly user_message_id: string;
  readonly message_id: string;
  readonly epoch: number;
  readonly client_mutation_id: string | null;
  readonly features: string[];
  readonly started_at: Date;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly role: MessageRecord['role'];
  readonly intent: MessageRecord['intent'];
  readonly created_at: Date;
  /** Null where no evaluation was written. */
  readonly evaluated_at: Date | null;
  readonly feedback: FeedbackRow | null;
}

export const finishTurn =
  ({ query }: Database): GenerationStore['finish'] =>
  async (given) => {
    if (!isUuid(given.generationId)) return null;
    const texts = textsOf(given);
    const turn = asStored(given, texts);
    const { usage, summary } = turn;
    const [row] = await query<FinishedRow>(summary ? FINISH_WITH_SUMMARY : FINISH, [
      ...[turn.generationId, turn.epoch, turn.status, turn.model, texts.route, texts.cache],
      ...[usage.inputTokens, usage.outputTokens, usage.costUsd, texts.stages, texts.error],
      ...[turn.firstTokenMs, turn.durationMs, turn.content, texts.citations, json(turn.intent), turn.topic],
      ...[turn.reasoning, turn.finishReason, turn.evaluation?.id ?? null, texts.report, turn.judgedWithin ?? null],
      ...(summary ? [whole(summary.depth), summary.text] : []),
    ]);
    return row ? toFinished(row, turn) : null;
  };

type Texts = Readonly<Record<'route' | 'cache' | 'stages' | 'error' | 'citations' | 'report', string | null>>;

const textsOf = ({ route, cache, stages, error, citations, evaluation }: FinishTurn): Texts => ({
  route: json(route),
  cache: json(cache),
  stages: json(stages),
  error: json(error),
  citations: json(citations),
  report: json(evaluation?.report),
});

/** As the next reader finds it. A copy, because plugins have made parts of it and may hold them. */
function asStored(turn: FinishTurn, texts: Texts): FinishTurn {
  const { usage, evaluation } = turn;
  const read = <T>(text: string | null, value: T): T => (text === null ? value : JSON.parse(text));
  const content = storable(turn.content);
  return {
    ...turn,
    content,
    reasoning: turn.reasoning === null ? null : storable(turn.reasoning),
    route: read(texts.route, turn.route),
    cache: read(texts.cache, turn.cache),
    stages: read(texts.stages, turn.stages),
    error: read(texts.error, turn.error),
    citations: read(texts.citations, turn.citations),
    usage: {
      inputTokens: whole(usage.inputTokens),
      outputTokens: whole(usage.outputTokens),
      costUsd: usage.costUsd,
    },
    firstTokenMs: turn.firstTokenMs === null ? null : whole(turn.firstTokenMs),
    durationMs: whole(turn.durationMs),
    ...(evaluation ? { evaluation: { ...evaluation, report: read(texts.report, evaluation.report) } } : {}),
  };
}

function toFinished(row: FinishedRow, turn: FinishTurn): MessageRecord {
  const { status, content, reasoning, citations, evaluation } = turn;
  const { model, route, cache, usage, stages, finishReason, error, firstTokenMs, durationMs } = turn;
  const feedback = row.feedback && toFeedback(row.feedback);
  const generation: GenerationRecord = {
    id: row.id,
    viewerId: row.viewer_id,
    conversationId: row.conversation_id,
    userMessageId: row.user_message_id,
    messageId: row.message_id,
    epoch: row.epoch,
    features: row.features,
    clientMutationId: row.client_mutation_id,
    startedAt: row.started_at,
    ...{ status, model, route, cache, usage, stages, finishReason, error, firstTokenMs, durationMs },
  };
  return {
    id: row.message_id,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    depth: row.depth,
    role: row.role,
    intent: row.intent,
    createdAt: row.created_at,
    ...{ content, reasoning, status, citations, generation, feedback },
    evaluation:
      evaluation && row.evaluated_at
        ? toEvaluation(
            { id: evaluation.id, report: evaluation.report, created_at: row.evaluated_at },
            row.message_id,
            feedback,
          )
        : null,
  };
}
