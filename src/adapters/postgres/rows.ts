/** Converts rows to records. Whole rows of joined tables come as JSON, so their instants are text. */
import type {
  ConversationRecord,
  DocumentRecord,
  EvaluationRecord,
  FeedbackRecord,
  GenerationRecord,
  MessageRecord,
  StoredCitation,
  TurnsUsage,
} from '#core/ports/store.ts';
import { withRating } from '#core/services/scores.ts';
import {
  CACHE_MISS,
  type CacheOutcome,
  type FinishReason,
  type GenerationError,
  type IntentAnalysis,
  type MessageRole,
  type MessageStatus,
  type QualityReport,
  type RouteDecision,
  type StageTrace,
} from '#core/turn.ts';

type Instant = Date | string;

export interface ConversationRow {
  id: string;
  viewer_id: string;
  title: string;
  topic: string | null;
  system_prompt: string | null;
  created_at: Instant;
  updated_at: Instant;
}
export const CONVERSATION = 'id, viewer_id, title, topic, system_prompt, created_at, updated_at';
export const toConversation = (row: ConversationRow): ConversationRecord => ({
  id: row.id,
  viewerId: row.viewer_id,
  title: row.title,
  topic: row.topic,
  systemPrompt: row.system_prompt,
  createdAt: new Date(row.created_at),
  updatedAt: new Date(row.updated_at),
});

export interface GenerationRow {
  id: string;
  viewer_id: string;
  conversation_id: string;
  user_message_id: string;
  message_id: string;
  status: MessageStatus;
  epoch: number;
  model: string | null;
  route: RouteDecision | null;
  cache: CacheOutcome | null;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
  stages: StageTrace[];
  features: string[];
  finish_reason: FinishReason | null;
  error: GenerationError | null;
  client_mutation_id: string | null;
  started_at: Instant;
  first_token_ms: number | null;
  duration_ms: number | null;
}
export const toGeneration = (row: GenerationRow): GenerationRecord => ({
  id: row.id,
  viewerId: row.viewer_id,
  conversationId: row.conversation_id,
  userMessageId: row.user_message_id,
  messageId: row.message_id,
  status: row.status,
  epoch: row.epoch,
  model: row.model,
  route: row.route,
  cache: row.cache ?? CACHE_MISS,
  usage: { inputTokens: row.input_tokens, outputTokens: row.output_tokens, costUsd: row.cost_usd },
  stages: row.stages,
  features: row.features,
  finishReason: row.finish_reason,
  error: row.error,
  clientMutationId: row.client_mutation_id,
  startedAt: new Date(row.started_at),
  firstTokenMs: row.first_token_ms,
  durationMs: row.duration_ms,
});

/** Sums over generations. */
export const USAGE = `coalesce(sum(input_tokens), 0) AS input, coalesce(sum(output_tokens), 0) AS output,
  coalesce(sum(cost_usd), 0)::float8 AS cost, count(*) AS turns`;
export interface UsageRow extends Record<string, unknown> {
  input: string;
  output: string;
  cost: number;
  turns: string;
}
export const toUsage = ({ input, output, cost, turns }: UsageRow): TurnsUsage => ({
  inputTokens: Number(input),
  outputTokens: Number(output),
  costUsd: cost,
  turns: Number(turns),
});

export interface EvaluationRow {
  id: string;
  report: QualityReport;
  created_at: Instant;
}
/** Adds a person's rating of the answer to the scores. */
export const toEvaluation = (
  row: EvaluationRow,
  messageId: string | null,
  feedback: FeedbackRecord | null = null,
): EvaluationRecord => ({
  id: row.id,
  messageId,
  report: feedback ? withRating(row.report, feedback) : row.report,
  createdAt: new Date(row.created_at),
});

export interface FeedbackRow {
  rating: 'UP' | 'DOWN';
  comment: string | null;
  created_at: Instant;
}
export const toFeedback = (row: FeedbackRow): FeedbackRecord => ({
  rating: row.rating,
  comment: row.comment,
  createdAt: new Date(row.created_at),
});

export interface MessageRow {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  depth: number;
  role: MessageRole;
  content: string;
  reasoning: string | null;
  status: MessageStatus;
  intent: IntentAnalysis | null;
  citations: StoredCitation[];
  created_at: Instant;
  generation: GenerationRow | null;
  feedback: FeedbackRow | null;
  evaluation: EvaluationRow | null;
}
/** The columns of a message record, from messages `m`. */
export const MESSAGE = `m.id, m.conversation_id, m.parent_id, m.depth, m.role, m.content, m.reasoning, m.status, m.intent, m.citations, m.created_at,
  to_json(g) AS generation, to_json(f) AS feedback, to_json(e) AS evaluation`;
export const MESSAGE_JOINS = `LEFT JOIN generations g ON g.message_id = m.id
  LEFT JOIN feedback f ON f.message_id = m.id LEFT JOIN evaluations e ON e.generation_id = g.id`;
export const toMessage = (row: MessageRow): MessageRecord => ({
  id: row.id,
  conversationId: row.conversation_id,
  parentId: row.parent_id,
  depth: row.depth,
  role: row.role,
  content: row.content,
  reasoning: row.reasoning,
  status: row.status,
  intent: row.intent,
  citations: row.citations,
  generation: row.generation && toGeneration(row.generation),
  feedback: row.feedback && toFeedback(row.feedback),
  evaluation: row.evaluation && toEvaluation(row.evaluation, row.id, row.feedback && toFeedback(row.feedback)),
  createdAt: new Date(row.created_at),
});

export interface DocumentRow {
  id: string;
  viewer_id: string;
  tenant: string;
  title: string;
  media_type: string;
  kind: DocumentRecord['kind'];
  bytes: number;
  shared: boolean;
  status: DocumentRecord['status'];
  progress: number;
  passage_count: number;
  error: string | null;
  created_at: Instant;
  indexed_at: Instant | null;
}
export const DOCUMENT =
  'id, viewer_id, tenant, title, media_type, kind, bytes, shared, status, progress, passage_count, error, created_at, indexed_at';
export const toDocument = (row: DocumentRow): DocumentRecord => ({
  id: row.id,
  viewerId: row.viewer_id,
  tenant: row.tenant,
  title: row.title,
  mediaType: row.media_type,
  kind: row.kind,
  bytes: row.bytes,
  shared: row.shared,
  status: row.status,
  progress: row.progress,
  passageCount: row.passage_count,
  error: row.error,
  createdAt: new Date(row.created_at),
  indexedAt: row.indexed_at === null ? null : new Date(row.indexed_at),
});
