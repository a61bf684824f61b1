import type { ConversationRecord, EvaluationRecord, GenerationRecord, MessageRecord } from './ports/store.ts';
import type { CacheOutcome, Citation, GenerationError, IntentAnalysis, Passage, RouteDecision } from './turn.ts';

/** The events of a generation, named noun first, then verb. Offsets count UTF-16 code units. */
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
  /** `offset` counts in the reasoning. An offset below what was sent replaces the text from there on: another model started. */
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

interface OfConversation {
  readonly conversationId: string;
  readonly viewerId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The events of a conversation. They carry ids only, because each reader loads what it may see. A deletion carries the conversation as it was. */
export type ConversationEvent = OfConversation &
  (
    | { readonly type: 'conversation-created' | 'conversation-renamed' }
    | { readonly type: 'message-added' | 'message-finished' | 'branch-selected'; readonly messageId: string }
    | { readonly type: 'topic-changed'; readonly topic: string }
    | { readonly type: 'conversation-deleted'; readonly conversation: ConversationRecord }
  );

/** A conversation's event with what it is about, as it stood when the event was read. */
export interface ConversationHappening {
  readonly event: ConversationEvent;
  readonly conversation: ConversationRecord;
  /** The message that the event names; null where it names none. */
  readonly message: MessageRecord | null;
}
