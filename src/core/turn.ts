import type { ErrorCode } from './errors.ts';
import type { Viewer } from './viewer.ts';

export type MessageRole = 'USER' | 'ASSISTANT' | 'SYSTEM';
export type MessageStatus = 'PENDING' | 'STREAMING' | 'COMPLETE' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
export const isTerminal = (status: MessageStatus): boolean => status !== 'PENDING' && status !== 'STREAMING';

/** A message in the form that a model reads. */
export interface ChatMessage {
  readonly role: MessageRole;
  readonly content: string;
  /** Set on an answer that is not finished or was interrupted. */
  readonly unfinished?: true;
}

export interface IntentAnalysis {
  readonly type: string;
  /** 0..1 */
  readonly confidence: number;
  readonly topic: string | null;
  readonly topicShift: boolean;
  /** The message with what it leaves unsaid filled in from the history. */
  readonly standaloneQuery: string;
  readonly signals: readonly string[];
}

/** A range of UTF-16 code units, `start` included, `end` not: what JavaScript slices by. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A sentence of a passage with how well it answers the query; offsets into the passage's text. */
export interface Highlight extends Span {
  readonly score: number;
}

/** A piece of a document: `text` is exactly what `[start, end)` cuts out of the document's text. */
export interface Passage extends Span {
  readonly id: string;
  readonly documentId: string;
  readonly documentTitle: string;
  readonly text: string;
  /** Headings above the passage, outermost first, joined with ' > '. */
  readonly heading: string | null;
  /** True if everyone in the tenant may read the document. */
  readonly shared?: boolean;
  /** 0..1; comparable within one result only. */
  readonly score: number;
  readonly vectorScore: number | null;
  readonly keywordScore: number | null;
  readonly highlights?: readonly Highlight[];
  /** Other passages with the same text, which the result leaves out. */
  readonly duplicates?: number;
}

/** `[start, end)` of the document, which reads `quote`, supports `[answerStart, answerEnd)` of the answer. */
export interface Citation extends Span {
  readonly passage: Passage;
  readonly quote: string;
  readonly answerStart: number;
  readonly answerEnd: number;
  /** 0..1: the share of the answer's sentence that the quote supports. 1 for a literal quotation. */
  readonly support: number;
}

export type ModelTier = 'LIGHT' | 'BALANCED' | 'STRONG';

export interface RouteDecision {
  /** `provider:model` */
  readonly model: string;
  readonly tier: ModelTier;
  /** 0..1 */
  readonly complexity: number;
  readonly reason: string;
  /** Models to try in order while no token is out. */
  readonly fallbacks: readonly string[];
}

export interface CacheOutcome {
  readonly hit: boolean;
  readonly level: 'MEMORY' | 'REMOTE' | 'SEMANTIC' | null;
  readonly similarity: number | null;
  readonly key: string | null;
}
export const CACHE_MISS: CacheOutcome = Object.freeze({ hit: false, level: null, similarity: null, key: null });

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}
export const NO_USAGE: Usage = Object.freeze({ inputTokens: 0, outputTokens: 0, costUsd: 0 });

export interface QualityReport {
  readonly overall: number;
  readonly relevance: number;
  readonly groundedness: number | null;
  readonly completeness: number;
  readonly coherence: number;
  readonly safety: number;
  /** Improvements of the answer, each a sentence that a person can follow. */
  readonly suggestions: readonly string[];
  /** Sentences of the response that the context does not support; offsets into the response. */
  readonly unsupported: readonly (Span & { readonly text: string })[];
  /** Which judge said so, with its version. */
  readonly judge: string;
  /** Further scores by the field's names; core adds those of the dimensions above. */
  readonly scores?: readonly Score[];
}

/** A score by the field's name: faithfulness, answer_relevancy, context_precision, … */
export interface Score {
  readonly name: string;
  /** 0..1 */
  readonly value: number;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly source: 'RULE' | 'MODEL' | 'PERSON';
  readonly judge: string;
}

/** The input of a judge: a finished turn, a case of an evaluation set, or a call of evaluateQuality. */
export interface Sample {
  readonly query: string;
  readonly response: string;
  /** Texts that the response may rest on; null: it is not grounded. */
  readonly context: readonly string[] | null;
  /** The reference answer of an evaluation set. */
  readonly expected: string | null;
  readonly history: readonly ChatMessage[];
  /** Null outside of a turn. */
  readonly turn: Turn | null;
}

/** How to answer again after an answer with a low score. */
export interface Revision {
  /** The reason, for people. */
  readonly reason: string;
  /** The tier of the model that answers now. */
  readonly tier?: ModelTier;
  /** Passages to retrieve, 1..100. */
  readonly passageLimit?: number;
  /** Added to the system prompt. */
  readonly instructions?: string;
}

export type StageOutcome = 'OK' | 'SKIPPED' | 'TIMED_OUT' | 'FAILED';

/** The trace of one plugin (or of core) in one stage of a turn. */
export interface StageTrace {
  readonly stage: string;
  readonly plugin: string;
  readonly outcome: StageOutcome;
  readonly durationMs: number;
  readonly detail: string | null;
}

export interface GenerationError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** Milliseconds after which the same turn may succeed, where the model's provider names them. */
  readonly retryAfterMs?: number;
}

/**
 * Why a model stopped. LENGTH: it reached its limit of tokens. CONTENT_FILTER: its provider cut the answer off. Both leave a
 * COMPLETE answer that is not whole. OTHER: the provider gave no reason, or one that is not listed here.
 */
export type FinishReason = 'STOP' | 'LENGTH' | 'CONTENT_FILTER' | 'OTHER';

/** A citation by ids and offsets, as it is stored: core reads the passage with the viewer in the WHERE clause. */
export interface StoredCitation extends Span {
  readonly passageId: string;
  readonly documentId: string;
  readonly score: number;
  readonly vectorScore: number | null;
  readonly keywordScore: number | null;
  readonly answerStart: number;
  readonly answerEnd: number;
  readonly support: number;
}

/**
 * A finished answer that replaces a model call. Core reads and verifies its citations: if one of them no longer holds, the
 * answer counts as a miss.
 */
export interface RecalledAnswer {
  readonly text: string;
  readonly citations: readonly StoredCitation[];
  readonly model: string;
  readonly cache: CacheOutcome;
}

/** The same viewer's generation that is answering the same question now: core streams its events into this turn. */
export interface FollowedGeneration {
  readonly follow: string;
  readonly cache: CacheOutcome;
}

/** A finished answer, as it was stored. */
export interface Answer {
  readonly text: string;
  readonly model: string;
  readonly citations: readonly StoredCitation[];
  readonly usage: Usage;
  readonly cache: CacheOutcome;
  readonly finishReason: FinishReason | null;
  /** Fingerprint of the passages that the model was shown; see `groundingOf`. */
  readonly grounding: string;
  /** True where a stage before the model failed or was left out: with it the answer might be another. */
  readonly degraded: boolean;
}

export interface TurnIds {
  readonly conversationId: string;
  readonly userMessageId: string;
  readonly assistantMessageId: string;
  readonly generationId: string;
}
export type TurnKind = 'send' | 'edit' | 'regenerate';

/**
 * One question on its way to an answer. Deeply frozen: each stage of the pipeline makes a copy with more in it. A plugin
 * that tries to change it fails alone.
 */
export interface Turn {
  /** Null in a dry run: trackIntent, routeModel, evaluateQuality. */
  readonly ids: TurnIds | null;
  readonly kind: TurnKind;
  readonly viewer: Viewer;
  readonly systemPrompt: string | null;
  /** The user's message. */
  readonly content: string;
  /** The last messages of this branch before this one, oldest first. Bounded, independent of the conversation's length. */
  readonly history: readonly ChatMessage[];
  /** What the branch said before `history`, condensed: data, as the messages are. Null where there is no such text. */
  readonly summary: string | null;
  /** The conversation's, before this turn. */
  readonly topic: string | null;
  /** The intent of the previous user message on this branch. */
  readonly previousIntent: IntentAnalysis | null;
  /** The switches that were on when the turn began; they hold to its end. */
  readonly features: ReadonlySet<string>;
  /** The version of the passages that the viewer may read, taken before retrieval; see `passages.version` of the plugin's context. */
  readonly version: string;
  /** Ground in these documents alone; null for all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
  /** The model that the client asked for by name. */
  readonly requestedModel: string | null;
  readonly intent: IntentAnalysis | null;
  /** `intent.standaloneQuery`, else `content`. */
  readonly query: string;
  readonly passages: readonly Passage[];
  readonly route: RouteDecision | null;
  /** Why and how an earlier answer is tried again; null in a first try. */
  readonly revision: Revision | null;
}
