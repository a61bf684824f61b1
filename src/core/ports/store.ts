/**
 * The store: Postgres, in process or as a server. It is the truth; everything else (event log, indexes, caches) is derived.
 *
 * Whatever belongs to a viewer is read and written with the viewer in the SQL's where. A method that finds nothing there
 * answers null (or false), never an error: what is another's is as if it did not exist. Errors: STORE_UNAVAILABLE when the
 * database does not answer. Ids are UUIDv7 in text form, made by the caller; a string that is no UUID finds nothing.
 */

import type {
  ApiKeyRecord,
  BranchPoint,
  ConversationOrder,
  ConversationRecord,
  EvaluationRecord,
  FeatureOverride,
  FeedbackRecord,
  GenerationRecord,
  GuardedTurn,
  MessageRecord,
  Page,
  PageArguments,
  RequestIdentity,
  TurnsUsage,
} from '../records.ts';
import type { GenerationError, StageTrace, Usage } from '../turn.ts';
import type { BeginTurn, BegunTurn, FinishTurn, NewEvaluation } from '../turn-records.ts';
import type { Role, Viewer } from '../viewer.ts';
import type { DocumentStore } from './document-store.ts';
import type { EvaluationSetStore } from './evaluation-set-store.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { JobsDepth } from './jobs.ts';
import type { SummaryStore } from './summary-store.ts';
import type { FlushedTurn, TakeoverBounds, TakeoverStore } from './takeover-store.ts';

export type * from '../document-records.ts';
export type * from '../records.ts';
export type * from '../turn-records.ts';
export type { DocumentStore } from './document-store.ts';
export type * from './evaluation-store.ts';
export type * from './summary-store.ts';
export type * from './takeover-store.ts';

export interface StorePool {
  readonly size: number;
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Store {
  /** Name and version for people: 'PGlite 0.5 (PostgreSQL 18)', 'PostgreSQL 15.18'. */
  readonly engine: string;
  /** True where other replicas may write to the same database. */
  readonly shared: boolean;
  readonly viewers: ViewerStore;
  readonly apiKeys: ApiKeyStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly generations: GenerationStore;
  readonly summaries: SummaryStore;
  readonly takeovers: TakeoverStore;
  readonly evaluations: EvaluationStore;
  readonly documents: DocumentStore;
  readonly embeddings: EmbeddingStore;
  readonly evaluationSets: EvaluationSetStore;
  readonly features: FeatureStore;
  readonly audit: AuditStore;
  /** Connections to the database, and statements that wait for one. */
  pool(): StorePool;
  /** Documents and evaluation runs of all servers that have not ended: under a lease, and not. */
  jobs(): Promise<JobsDepth>;
  /** Throws when the database does not answer within a second. */
  check(): Promise<void>;
  close(): Promise<void>;
}

// ------------------------------------------------------------------ who asks

export interface ViewerStore {
  /** The viewer of a subject within a tenant, made on first sight. `role` is the credential's, not stored. */
  ensure(identity: { readonly subject: string; readonly tenant: string; readonly role: Role }): Promise<Viewer>;
  /** Sums over generations that began at or after `since` and over the model calls beside them. `turns` counts generations. */
  usage(viewer: Viewer, since: Date | null): Promise<TurnsUsage>;
  /** Removes everything of the viewer in one transaction but documents, which have their own way; answers how many rows by kind. */
  erase(viewer: Viewer): Promise<Readonly<Record<string, number>>>;
  /** The same of all viewers of a tenant. */
  tenantUsage(tenant: string, since: Date): Promise<Usage>;
  /** A model call that no generation's own usage holds: of a dry run, an evaluation, or after the answer was stored. The same id again counts once. */
  charge(viewer: Viewer, call: ChargedCall): Promise<void>;
}

export interface ChargedCall {
  readonly id: string;
  readonly model: string;
  readonly usage: Usage;
  /** It runs, and this is what it used at least: void once it is charged without, in whatever order the two arrive. */
  readonly isOpen?: boolean;
}

export interface ApiKeyStore {
  create(key: {
    readonly id: string;
    readonly viewerId: string;
    readonly name: string;
    readonly prefix: string;
    readonly hash: string;
    readonly role: Role;
  }): Promise<ApiKeyRecord>;
  /** The key of a hash (hex SHA-256 of the secret) with its viewer, if in force. Touches lastUsedAt at most once a minute. */
  find(hash: string): Promise<{ readonly key: ApiKeyRecord; readonly viewer: Viewer } | null>;
  /** The viewer's own keys, newest first. */
  list(viewer: Viewer): Promise<readonly ApiKeyRecord[]>;
  /** Revokes a key of the viewer; an operator may revoke any key of the tenants that it operates. Revoking again returns the key unchanged. */
  revoke(viewer: Viewer, id: string): Promise<ApiKeyRecord | null>;
  /**
   * Makes `hash` the one key named 'bootstrap' in force for this viewer; others of that name are revoked. False where this key has
   * been revoked: then nothing changes.
   */
  bootstrap(viewer: Viewer, hash: string, prefix: string): Promise<boolean>;
}

// ------------------------------------------------------------------ conversations

export interface ConversationStore {
  /**
   * The same `request` again answers with the conversation that it made, as it stands now, and makes none; CONFLICT where its
   * fingerprint differs. Once that conversation is deleted, it makes another.
   */
  create(
    viewer: Viewer,
    conversation: {
      readonly id: string;
      readonly title: string;
      readonly systemPrompt: string | null;
      readonly request?: RequestIdentity | null;
    },
  ): Promise<{ readonly created: boolean; readonly conversation: ConversationRecord }>;
  get(viewer: Viewer, id: string): Promise<ConversationRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, ConversationRecord>>;
  /** Lists conversations, newest first; by creation unless `orderBy` differs. `search`: the title contains it, ignoring case; wildcards are literal. */
  list(
    viewer: Viewer,
    page: PageArguments,
    search: string | null,
    orderBy?: ConversationOrder,
  ): Promise<Page<ConversationRecord>>;
  /** Sums over the generations of each; one that has none is left out. */
  usage(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, TurnsUsage>>;
  /** Makes the branch that holds this message the active one, down to the newest message below it. Null when it is not the viewer's. */
  select(viewer: Viewer, messageId: string): Promise<ConversationRecord | null>;
  rename(viewer: Viewer, id: string, title: string): Promise<ConversationRecord | null>;
  /** Deletes a conversation with its messages, generations, evaluations and feedback. Returns it with the ids of its running generations; null if there is no such conversation. */
  delete(
    viewer: Viewer,
    id: string,
  ): Promise<{ readonly conversation: ConversationRecord; readonly liveGenerationIds: readonly string[] } | null>;
}

// ------------------------------------------------------------------ messages and generations

export interface MessageStore {
  get(viewer: Viewer, id: string): Promise<MessageRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, MessageRecord>>;
  /** The active branch, oldest first. Costs the page, not the conversation. */
  list(viewer: Viewer, conversationId: string, page: PageArguments): Promise<Page<MessageRecord>>;
  /** The messages that follow each point, oldest first. Of more than 100, the newest 100. */
  following(viewer: Viewer, points: readonly BranchPoint[]): Promise<readonly (readonly MessageRecord[])[]>;
  /** Rates a message; a second rating replaces the first. Null if the message is not the viewer's. */
  rate(
    viewer: Viewer,
    messageId: string,
    rating: 'UP' | 'DOWN',
    comment: string | null,
  ): Promise<FeedbackRecord | null>;
}

export interface GenerationStore {
  /**
   * Writes in one transaction: the conversation (if new), the user's message (unless regenerating), the assistant's message (PENDING)
   * and the generation; reads the window of history. At most 2 statements, independent of the conversation's length. Null if the
   * conversation or message is not the viewer's. BAD_USER_INPUT if the message has the wrong role. CONFLICT if the
   * clientMutationId began a turn with another fingerprint.
   */
  begin(viewer: Viewer, turn: BeginTurn): Promise<BegunTurn | null>;
  get(viewer: Viewer, id: string): Promise<GenerationRecord | null>;
  /** Text so far of many generations and a renewed lease, in one statement; status becomes STREAMING. Answers the ids that were refused: taken over, or finished. */
  flush(owner: string, leaseMs: number, turns: readonly FlushedTurn[]): Promise<readonly string[]>;
  /** Ends a generation in one statement and returns the assistant's message. Null, with nothing written, if the epoch is older than the row's or the generation has ended. */
  finish(turn: FinishTurn): Promise<MessageRecord | null>;
  /** The evaluation of an answer that was stored without one, and the stages of its making, in one statement. */
  evaluate(
    viewer: Viewer,
    generationId: string,
    evaluation: NewEvaluation,
    stages: readonly StageTrace[],
  ): Promise<EvaluationRecord | null>;
  /** Over all viewers, of generations begun at or after `since`: for operators. */
  figures(since: Date): Promise<{
    /** Milliseconds of complete answers. */
    readonly p95Ms: number | null;
    /** Means of what was judged and rated, 0..1. */
    readonly quality: number | null;
    readonly satisfaction: number | null;
    /** Generations that ended, those that failed, and those that failed because the service was unavailable. */
    readonly ended: number;
    readonly failed: number;
    readonly down: number;
  }>;
  /**
   * Every generation that is not terminal and whose owner is `owner` (a former life of this process) or whose lease is
   * over becomes INTERRUPTED with the text so far and the given error, and its open call is counted. Answers how many. With `beyond`, those that may still be
   * taken over are left out.
   */
  interruptAbandoned(owner: string, error: GenerationError, beyond?: TakeoverBounds): Promise<number>;
}

// ------------------------------------------------------------------ vectors

/** Vectors that were made before. `hash` is the SHA-256 of a text, 32 bytes. */
export interface EmbeddingStore {
  /** Stored vectors by hash (hex). Marks them as used, so that `prune` keeps them. */
  get(model: string, hashes: readonly Uint8Array[]): Promise<ReadonlyMap<string, Float32Array>>;
  put(model: string, entries: readonly { readonly hash: Uint8Array; readonly vector: Float32Array }[]): Promise<void>;
  /** Deletes vectors that were not used for this number of days. */
  prune(days: number): Promise<void>;
}

// ------------------------------------------------------------------ switches, audit

export interface FeatureStore {
  list(): Promise<readonly FeatureOverride[]>;
  set(override: Omit<FeatureOverride, 'updatedAt'>): Promise<void>;
  remove(scope: Pick<FeatureOverride, 'name' | 'tenant' | 'subject'>): Promise<void>;
  /**
   * The state that was saved for a watched rollout (null: none yet), and the lease to go on from it. Undefined while another
   * owner holds the lease.
   */
  claimGuard(rollout: string, owner: string, leaseMs: number): Promise<unknown>;
  /** Saves the state and gives the lease back. False where the lease went to another owner: nothing was saved then. */
  saveGuard(rollout: string, owner: string, state: unknown): Promise<boolean>;
  /** Turns after this one (an id; UUIDv7 orders them by their beginning) that began at least so long ago, oldest first. */
  turnsAfter(id: string, settledMs: number, limit: number): Promise<readonly GuardedTurn[]>;
}
export interface AuditStore {
  /** Records an action: setFeature, createApiKey, revokeApiKey, deleteDocument, deleteConversation. */
  record(viewer: Viewer, action: string, target: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}
