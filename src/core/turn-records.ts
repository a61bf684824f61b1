/** Records of how a turn begins and ends in the store. */
import type { ConversationRecord, GenerationRecord, MessageRecord } from './records.ts';
import type {
  CacheOutcome,
  ChatMessage,
  FinishReason,
  GenerationError,
  IntentAnalysis,
  MessageStatus,
  QualityReport,
  Revision,
  RouteDecision,
  StageTrace,
  StoredCitation,
  TurnKind,
  Usage,
} from './turn.ts';

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
  /** Absent: it calls no model before a flush has told so. */
  readonly presumedCall?: PresumedCall | null;
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
  /** Of an answer that was judged before it is stored. */
  readonly evaluation?: NewEvaluation | null;
  /** Milliseconds in which this replica judges the answer; after that another does. Absent: it is judged, or is not to be. */
  readonly judgedWithin?: number;
  /** Kept only while the answer is on the active branch: that is where the depth finds the message. */
  readonly summary?: NewSummary | null;
}

/** A summary of the branch of an answer. */
export interface NewSummary {
  /** The depth of the last message that it covers. */
  readonly depth: number;
  readonly text: string;
}

export interface NewEvaluation {
  readonly id: string;
  readonly report: QualityReport;
}

/** A provider call that runs. Where its replica dies, the replica that takes or ends the generation counts it: by estimate, once. */
export interface OpenCall {
  readonly model: string;
  /** US dollars a million tokens; null where it is not known. */
  readonly price: { readonly input: number; readonly output: number } | null;
  /** Of the request; estimated. */
  readonly inputTokens: number;
  /** Characters of the answer that came before it. */
  readonly from: number;
}

/** The call that a turn is about to make, told before its request is known: until a flush tells otherwise, it counts as made. */
export interface PresumedCall extends Pick<OpenCall, 'model' | 'price'> {
  /** Most tokens of history that the model is shown. */
  readonly historyTokens: number;
}

/** What a turn's request asked for, beyond what its messages hold. */
export interface AskedRecord {
  readonly kind: TurnKind;
  readonly documentIds: readonly string[] | null;
  readonly model: string | null;
  readonly revision: Revision | null;
  /** Of a revision: the answer that fell short. */
  readonly revises: RevisedAnswer | null;
  /** Where its trace stands, for the replica that resumes the turn; see `carriedTrace`. Absent where nothing is traced. */
  readonly trace?: string;
}

export interface RevisedAnswer {
  readonly messageId: string;
  /** How good it is, 0..1. */
  readonly overall: number;
}
