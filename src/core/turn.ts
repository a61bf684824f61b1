import type { ErrorCode } from './errors.ts';
import type { Viewer } from './viewer.ts';

export type MessageRole = 'USER' | 'ASSISTANT' | 'SYSTEM';
export type MessageStatus = 'PENDING' | 'STREAMING' | 'COMPLETE' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
export const isTerminal = (status: MessageStatus): boolean => status !== 'PENDING' && status !== 'STREAMING';

/** One message as a model sees it. */
export interface ChatMessage {
  readonly role: MessageRole;
  readonly content: string;
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
  /** 0..1; comparable within one result only. */
  readonly score: number;
  readonly vectorScore: number | null;
  readonly keywordScore: number | null;
  readonly highlights?: readonly Highlight[];
}

/** `[answerStart, answerEnd)` of the answer is borne out by `[start, end)` of the document, which reads `quote`. */
export interface Citation extends Span {
  readonly passage: Passage;
  readonly quote: string;
  readonly answerStart: number;
  readonly answerEnd: number;
  /** 0..1: the share of the answer's sentence that the quote bears out, 1 for a literal quotation. */
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
  readonly suggestions: readonly string[];
  readonly unsupported: readonly (Span & { readonly text: string })[];
  readonly judge: string;
}

export type StageOutcome = 'OK' | 'SKIPPED' | 'TIMED_OUT' | 'FAILED';

/** What one plugin (or core itself) did in one stage of a turn. */
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

/** A finished answer that ends the search for one. */
export interface RecalledAnswer {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly model: string;
  readonly cache: CacheOutcome;
}

/**
 * One user message on its way to an answer. Frozen all the way down: each stage of the pipeline makes a fuller copy,
 * and a plugin that tries to change it fails alone.
 */
export interface Turn {
  readonly generationId: string;
  readonly conversationId: string;
  readonly userMessageId: string;
  readonly assistantMessageId: string;
  readonly viewer: Viewer;
  readonly systemPrompt: string | null;
  /** What the user wrote. */
  readonly content: string;
  /** The last messages of the active branch before this one, oldest first; bounded, whatever the conversation's length. */
  readonly history: readonly ChatMessage[];
  /** The switches that were on when the turn began; they hold to its end. */
  readonly features: ReadonlySet<string>;
  /** Ground in these documents alone; null for all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
  /** The model that the client asked for by name. */
  readonly requestedModel: string | null;
  readonly intent: IntentAnalysis | null;
  /** `intent.standaloneQuery`, else `content`. */
  readonly query: string;
  readonly passages: readonly Passage[];
  readonly route: RouteDecision | null;
}
