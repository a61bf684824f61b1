/** The records of a store: plain, read-only, and equal for every engine. */
import type {
  AskedRecord,
  CacheOutcome,
  ChatMessage,
  FinishReason,
  GenerationError,
  IntentAnalysis,
  MessageRole,
  MessageStatus,
  QualityReport,
  RouteDecision,
  Span,
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

/** The input of `begin`. The caller makes the ids. */
export interface BeginTurn {
  readonly kind: /** A new user message at the end of the active branch; `create` makes the conversation in the same transaction. */
    | {
        readonly type: 'send';
        readonly conversationId: string;
        readonly create: { readonly title: string; readonly systemPrompt: string | null } | null;
        readonly content: string;
      }
    /** A new user message below an answer, on any branch. `conversationId`, if given, must be the answer's conversation. */
    | {
        readonly type: 'continue';
        readonly messageId: string;
        readonly conversationId: string | null;
        readonly content: string;
      }
    /** A sibling of an existing user message; the branch from there on becomes the active one. */
    | { readonly type: 'edit'; readonly messageId: string; readonly content: string }
    /** A sibling of an existing assistant message, under the same user message. Given a user's message: another answer to it. */
    | { readonly type: 'regenerate'; readonly messageId: string };
  readonly userMessageId: string;
  readonly assistantMessageId: string;
  readonly generationId: string;
  readonly clientMutationId: string | null;
  /** A hash of all that the request says; absent where it is not to be compared. */
  readonly fingerprint?: string | null;
  readonly features: readonly string[];
  /** Which process runs it, and until when it need not be thought dead. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Number of messages to read before the user's message. */
  readonly historyLimit: number;
  /** Bytes of UTF-8 after which no further message is read. */
  readonly historyBytes: number;
  /** Absent: no other replica can resume the turn. */
  readonly asked?: AskedRecord;
}

/** What a branch of a conversation said up to a message, condensed. */
export interface SummaryRecord {
  /** The last message that it covers, and that message's depth. */
  readonly messageId: string;
  readonly depth: number;
  readonly text: string;
}

export interface BegunTurn {
  /** False where this clientMutationId had begun a turn before: the rest is then that turn's, and nothing was written. */
  readonly created: boolean;
  readonly conversation: ConversationRecord;
  readonly userMessage: MessageRecord;
  readonly assistantMessage: MessageRecord;
  readonly generation: GenerationRecord;
  /** Oldest first, after the summary; terminal ones and those with text so far; without the user's message itself. */
  readonly history: readonly ChatMessage[];
  /** The newest summary of this branch; null if there is none. */
  readonly summary: SummaryRecord | null;
  /** The intent of the previous user message on this branch. */
  readonly previousIntent: IntentAnalysis | null;
}

export interface FinishTurn {
  readonly generationId: string;
  readonly epoch: number;
  readonly status: Exclude<MessageStatus, 'PENDING' | 'STREAMING'>;
  readonly content: string;
  readonly reasoning: string | null;
  readonly finishReason: FinishReason | null;
  readonly citations: readonly StoredCitation[];
  readonly intent: IntentAnalysis | null;
  readonly topic: string | null;
  readonly model: string | null;
  readonly route: RouteDecision | null;
  readonly cache: CacheOutcome;
  readonly usage: Usage;
  readonly stages: readonly StageTrace[];
  readonly error: GenerationError | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
}

export type DocumentStatus = 'QUEUED' | 'PARSING' | 'EMBEDDING' | 'INDEXED' | 'FAILED';

export type DocumentKind = 'GENERAL' | 'CODE' | 'ACADEMIC';

export interface DocumentRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly tenant: string;
  readonly title: string;
  readonly mediaType: string;
  readonly kind: DocumentKind | null;
  /** Size of the source in bytes of UTF-8. */
  readonly bytes: number;
  readonly shared: boolean;
  readonly status: DocumentStatus;
  /** 0..1 */
  readonly progress: number;
  readonly passageCount: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly indexedAt: Date | null;
}

/** A passage from a splitter. `text` is `document.text.slice(start, end)`. */
export interface PassageDraft extends Span {
  readonly text: string;
  readonly heading: string | null;
}

export interface PassageRecord extends PassageDraft {
  readonly id: string;
  readonly documentId: string;
  readonly documentTitle: string;
  /** True if everyone in the tenant may read the document. */
  readonly shared: boolean;
}

/** A passage as an index needs it. */
export interface IndexedPassage extends PassageRecord {
  readonly viewerId: string;
  readonly tenant: string;
  readonly shared: boolean;
}

/** Changes in the order in which they were committed. */
export type PassageChange =
  | { readonly sequence: number; readonly type: 'added'; readonly passage: IndexedPassage }
  | { readonly sequence: number; readonly type: 'removed'; readonly documentId: string };

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
