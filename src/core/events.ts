import type { EvaluationRecord, GenerationRecord, MessageRecord } from './ports/store.ts';
import type { CacheOutcome, Citation, GenerationError, IntentAnalysis, Passage, RouteDecision } from './turn.ts';

/** What happens to a generation, noun then verb. Offsets count UTF-16 code units. */
export type GenerationEvent =
  | {
      readonly type: 'generation-started';
      readonly conversationId: string;
      readonly userMessageId: string;
      readonly assistantMessageId: string;
      readonly attempt: number;
    }
  | { readonly type: 'intent-tracked'; readonly intent: IntentAnalysis }
  | { readonly type: 'passages-retrieved'; readonly passages: readonly Passage[] }
  | { readonly type: 'model-routed'; readonly route: RouteDecision }
  | { readonly type: 'cache-answered'; readonly cache: CacheOutcome }
  /** `offset` counts in the reasoning. One at a smaller offset than what was sent replaces it from there on: another model began anew. */
  | { readonly type: 'reasoning-delta'; readonly text: string; readonly offset: number }
  | { readonly type: 'text-delta'; readonly text: string; readonly offset: number }
  | { readonly type: 'text-snapshot'; readonly text: string; readonly attempt: number }
  | { readonly type: 'citation-added'; readonly citation: Citation }
  | { readonly type: 'generation-completed'; readonly message: MessageRecord }
  | { readonly type: 'generation-failed'; readonly error: GenerationError }
  | { readonly type: 'generation-cancelled'; readonly message: MessageRecord }
  | { readonly type: 'evaluation-added'; readonly evaluation: EvaluationRecord }
  | { readonly type: 'answer-revised'; readonly generation: GenerationRecord; readonly reason: string };

/** An event at its place in the log. */
export interface LoggedEvent {
  /** Position in the generation's log: opaque to clients, rising within a generation. */
  readonly cursor: string;
  readonly generationId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: GenerationEvent;
}

/** What happens to a conversation; only ids, because each reader loads what it may see. */
export type ConversationEvent =
  | { readonly type: 'message-added'; readonly conversationId: string; readonly messageId: string; readonly at: number }
  | {
      readonly type: 'message-finished';
      readonly conversationId: string;
      readonly messageId: string;
      readonly at: number;
    }
  | { readonly type: 'topic-changed'; readonly conversationId: string; readonly topic: string; readonly at: number };
