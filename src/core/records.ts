/** The records of a store: plain, read-only, and equal for every engine. */
import type {
  CacheOutcome,
  FinishReason,
  GenerationError,
  IntentAnalysis,
  MessageRole,
  MessageStatus,
  QualityReport,
  RouteDecision,
  StageTrace,
  StoredCitation,
  Usage,
} from './turn.ts';
import type { Role } from './viewer.ts';

export type { StoredCitation } from './turn.ts';

/** Relay's arguments, already checked: exactly one of `first` and `last`, 1..100. Cursors are opaque to the caller. */
export interface PageArguments {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

/** A malformed cursor is BAD_USER_INPUT. */
export interface Page<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export interface ApiKeyRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly name: string;
  /** The first characters of the secret, to tell keys apart. */
  readonly prefix: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Token counts and cost of model calls over `turns` turns. */
export interface TurnsUsage extends Usage {
  readonly turns: number;
}

/** The order of a list of conversations, newest first: by creation, or by last change. */
export type ConversationOrder = 'CREATED' | 'UPDATED';

/** A point at which branches part: below a message, or, with null, at the root of a conversation. */
export interface BranchPoint {
  readonly conversationId: string;
  readonly parentId: string | null;
}

/** Identifies a repeated request. `fingerprint` is a hash of its content: it tells whether the request is the same. */
export interface RequestIdentity {
  readonly clientMutationId: string;
  readonly fingerprint: string;
}

export interface ConversationRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly title: string;
  readonly topic: string | null;
  readonly systemPrompt: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface FeedbackRecord {
  readonly rating: 'UP' | 'DOWN';
  readonly comment: string | null;
  readonly createdAt: Date;
}

export interface EvaluationRecord {
  readonly id: string;
  readonly messageId: string | null;
  readonly report: QualityReport;
  readonly createdAt: Date;
}

export interface GenerationRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly conversationId: string;
  readonly userMessageId: string;
  readonly messageId: string;
  readonly status: MessageStatus;
  /** Rises each time another process takes the generation over; a write under an older one is refused. */
  readonly epoch: number;
  readonly model: string | null;
  readonly route: RouteDecision | null;
  readonly cache: CacheOutcome;
  readonly usage: Usage;
  readonly stages: readonly StageTrace[];
  readonly features: readonly string[];
  /** Null until the answer is complete. */
  readonly finishReason: FinishReason | null;
  readonly error: GenerationError | null;
  readonly clientMutationId: string | null;
  readonly startedAt: Date;
  readonly firstTokenMs: number | null;
  readonly durationMs: number | null;
}

/** A message with what hangs on it, read in one statement. */
export interface MessageRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly parentId: string | null;
  /** 0 for the first message of a branch, one more than the parent's else. */
  readonly depth: number;
  readonly role: MessageRole;
  readonly content: string;
  /** A reasoning model's thoughts before its answer, stored when the answer ends. Never sent to a model. */
  readonly reasoning: string | null;
  readonly status: MessageStatus;
  readonly intent: IntentAnalysis | null;
  readonly citations: readonly StoredCitation[];
  readonly generation: GenerationRecord | null;
  readonly feedback: FeedbackRecord | null;
  readonly evaluation: EvaluationRecord | null;
  readonly createdAt: Date;
}

export interface FeatureOverride {
  readonly name: string;
  /** Whom it holds for: null and null for everybody, a tenant and null for all of that tenant, both for one viewer of it. */
  readonly tenant: string | null;
  readonly subject: string | null;
  readonly enabled: boolean | null;
  /** 0..1 */
  readonly rollout: number | null;
  /** Why the guard of rollouts took it back. */
  readonly guard: string | null;
  readonly updatedAt: Date;
}

/** A turn as the guard of rollouts compares it. */
export interface GuardedTurn {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
  readonly features: readonly string[];
  readonly status: MessageStatus;
  readonly errorCode: string | null;
  /** Milliseconds; so far where it has not ended. */
  readonly durationMs: number;
  /** The judge's overall score, 0..1. */
  readonly quality: number | null;
}
