/** What a run of chaos keeps: each line of its history, and the store's final state. The checker reads nothing else. */

/** An event as a reader received it. */
export interface SeenEvent {
  readonly __typename: string;
  readonly cursor: string;
  readonly generationId: string;
  readonly text?: string;
  readonly offset?: number;
  readonly attempt?: number;
  readonly message?: { readonly id: string; readonly content: string };
  readonly error?: ClientError;
  readonly evaluation?: object;
}

export interface ClientError {
  readonly code: string;
  readonly message: string;
}

/** What a client asked for: a message, a cancellation, a read, or what must be refused. */
export type OperationName = 'send' | 'cancel' | 'look' | 'steal' | 'anonymous';

/** A reader's wait for an event, or for a server. */
export type Excused = 'silence' | 'resume';

/** `at`: milliseconds since the start of the history. */
export type HistoryRecord = { readonly at: number } & (
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly what: string;
      /** Generations whose owner was hit; null: all may be. */
      readonly hits: readonly string[] | null;
    }
  /** `excuses`: the waits that its time explains. A fault that leaves servers well explains none: readers go there. */
  | { readonly kind: 'healed'; readonly fault: string; readonly excuses: readonly Excused[] }
  | {
      readonly kind: 'request';
      readonly operation: number;
      readonly name: OperationName;
      readonly viewer: string;
      readonly clientMutationId?: string;
      /** The message's text, or the id of what is asked for. */
      readonly subject: string;
    }
  | {
      readonly kind: 'response';
      readonly operation: number;
      readonly result: SentMessage | null;
      readonly errors: readonly ClientError[];
      /** The answer in full: nothing of another viewer may be in it. */
      readonly body: string;
    }
  /** The connection failed before an answer came. */
  | { readonly kind: 'no-response'; readonly operation: number }
  | { readonly kind: 'reader'; readonly reader: number; readonly viewer: string; readonly generationId: string }
  | { readonly kind: 'connected' | 'disconnected' | 'left'; readonly reader: number }
  /** A reader gave up: no terminal event came in time. */
  | { readonly kind: 'gave-up'; readonly reader: number }
  | { readonly kind: 'event'; readonly reader: number; readonly event: SeenEvent }
  | { readonly kind: 'refused'; readonly reader: number; readonly errors: readonly ClientError[] }
  /** A provider's call ended; `whole`: to its last byte, with its usage. */
  | { readonly kind: 'call'; readonly question: string; readonly whole: boolean }
  /** A replica's process was found ended, and nobody had killed it. */
  | { readonly kind: 'died'; readonly replica: number }
  /** The machine gave this program no CPU for so many milliseconds. */
  | { readonly kind: 'stall'; readonly milliseconds: number }
  | {
      readonly kind: 'resources';
      readonly replica: number;
      readonly process: number;
      readonly when: 'before' | 'after';
      readonly figures: Resources;
    }
);

export type RecordOf<K extends HistoryRecord['kind']> = HistoryRecord & { readonly kind: K };

export interface SentMessage {
  readonly userMessageId: string;
  readonly assistantMessageId: string;
  readonly generationId: string;
}

/** What a replica holds while no client is there. */
export interface Resources {
  readonly generations: number;
  readonly connections: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly megabytes: number;
  /** Calls of the provider that are open, from all replicas. */
  readonly providerCalls: number;
}

export interface StoredMessage {
  readonly id: string;
  readonly viewer: string;
  readonly role: string;
  readonly content: string;
  readonly status: string;
}

export interface StoredGeneration {
  readonly id: string;
  readonly viewer: string;
  readonly clientMutationId: string | null;
  readonly userMessageId: string;
  readonly messageId: string;
  readonly status: string;
  readonly epoch: number;
  readonly inputTokens: number;
  readonly errorCode: string | null;
  readonly isEvaluated: boolean;
  /** Its text is another answer's. */
  readonly isCached: boolean;
}

/** The store after all faults: ids as clients see them. */
export interface StoredState {
  readonly messages: readonly StoredMessage[];
  readonly generations: readonly StoredGeneration[];
  /** Calls that are part of no generation's usage. */
  readonly modelCalls: readonly { readonly viewer: string; readonly inputTokens: number }[];
}

/** What holds for a fault. */
export interface Bounds {
  /** Milliseconds that a generation may be silent after a fault that hit its owner, or after the fault has healed. */
  readonly silence: number;
  /** Milliseconds from the loss of a connection until another server streams. */
  readonly resume: number;
  /** Whether a turn may fail as retryable: the database is away. */
  readonly mayFail: boolean;
  /** Whether every complete answer has its evaluation in the end. */
  readonly evaluated: boolean;
}

export interface History {
  readonly records: readonly HistoryRecord[];
  readonly state: StoredState;
  readonly bounds: Bounds;
}

export const TERMINAL: ReadonlySet<string> = new Set([
  'GenerationCompleted',
  'GenerationFailed',
  'GenerationCancelled',
]);
