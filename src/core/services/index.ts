/**
 * The operations that GraphQL and the server may call. Each method checks its input, decides access, and throws only
 * AppErrors for errors that a client must see. Implementations: the files of the same names in this folder.
 */
import type { ConversationHappening, LoggedEvent } from '../events.ts';
import type { ClearScope, HookName } from '../plugin.ts';
import type {
  CaseResultRecord,
  EvaluationCase,
  EvaluationRunRecord,
  EvaluationSetRecord,
  EvaluationSetStore,
} from '../ports/evaluation-set-store.ts';
import type { JobsDepth } from '../ports/jobs.ts';
import type { ModelPrice } from '../ports/language-model.ts';
import type {
  ApiKeyRecord,
  BranchPoint,
  ConversationOrder,
  ConversationRecord,
  EvaluationFilter,
  EvaluationGrouping,
  EvaluationRecord,
  EvaluationSummary,
  FeedbackRecord,
  GenerationRecord,
  MessageRecord,
  Page,
  PageArguments,
  StorePool,
  TurnsUsage,
} from '../ports/store.ts';
import type { ChatMessage, Citation, IntentAnalysis, ModelTier, QualityReport, RouteDecision } from '../turn.ts';
import type { Role, Viewer } from '../viewer.ts';
import type { Documents } from './library.ts';

export type { Documents, SearchAnswer, SearchOptions } from './library.ts';

export interface SendMessage {
  readonly conversationId: string | null;
  /** The answer that the message follows. Absent: the end of the active branch. */
  readonly parentId?: string | null;
  readonly content: string;
  readonly documentIds: readonly string[] | null;
  readonly model: string | null;
  readonly clientMutationId: string | null;
}
export interface StartedTurn {
  readonly conversation: ConversationRecord;
  readonly userMessage: MessageRecord;
  readonly assistantMessage: MessageRecord;
  readonly generation: GenerationRecord;
}

export interface Generations {
  send(viewer: Viewer, input: SendMessage): Promise<StartedTurn>;
  edit(
    viewer: Viewer,
    input: { readonly messageId: string; readonly content: string; readonly clientMutationId: string | null },
  ): Promise<StartedTurn>;
  regenerate(
    viewer: Viewer,
    input: { readonly messageId: string; readonly model: string | null; readonly clientMutationId: string | null },
  ): Promise<StartedTurn>;
  /** Ends it wherever it stands; a terminal one is answered as it is. */
  cancel(viewer: Viewer, id: string): Promise<GenerationRecord>;
  get(viewer: Viewer, id: string): Promise<GenerationRecord | null>;
  /** Checks read access, replays the events after `cursor`, then continues live. Rejects with NOT_FOUND before the first event. */
  events(
    viewer: Viewer,
    id: string,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<AsyncIterableIterator<LoggedEvent>>;
  /** Sends and streams in one. */
  chat(viewer: Viewer, input: SendMessage, signal: AbortSignal): Promise<AsyncIterableIterator<LoggedEvent>>;
}

export interface Conversations {
  create(
    viewer: Viewer,
    input: {
      readonly title: string | null;
      readonly systemPrompt: string | null;
      readonly clientMutationId: string | null;
    },
  ): Promise<ConversationRecord>;
  get(viewer: Viewer, id: string): Promise<ConversationRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, ConversationRecord>>;
  list(
    viewer: Viewer,
    page: PageArguments,
    search: string | null,
    orderBy?: ConversationOrder,
  ): Promise<Page<ConversationRecord>>;
  /** Usage by conversation. Leaves out conversations without turns. */
  usage(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, TurnsUsage>>;
  /** Makes the branch that holds this message the active one, down to the newest message below it. */
  select(viewer: Viewer, messageId: string): Promise<ConversationRecord>;
  rename(viewer: Viewer, id: string, title: string): Promise<ConversationRecord>;
  delete(viewer: Viewer, id: string): Promise<void>;
  /** Ends after the conversation's deletion. */
  events(viewer: Viewer, id: string, signal: AbortSignal): Promise<AsyncIterableIterator<ConversationHappening>>;
  /** The events of all the viewer's conversations. */
  allEvents(viewer: Viewer, signal: AbortSignal): Promise<AsyncIterableIterator<ConversationHappening>>;
}

export interface Messages {
  get(viewer: Viewer, id: string): Promise<MessageRecord | null>;
  getMany(viewer: Viewer, ids: readonly string[]): Promise<ReadonlyMap<string, MessageRecord>>;
  list(viewer: Viewer, conversationId: string, page: PageArguments): Promise<Page<MessageRecord>>;
  /** The messages that follow each point, oldest first, at most 100 each. */
  following(viewer: Viewer, points: readonly BranchPoint[]): Promise<readonly (readonly MessageRecord[])[]>;
  /** The stored citations of each message with their passages. Leaves out citations of deleted documents. */
  citations(viewer: Viewer, messages: readonly MessageRecord[]): Promise<readonly (readonly Citation[])[]>;
  rate(
    viewer: Viewer,
    input: { readonly messageId: string; readonly rating: 'UP' | 'DOWN'; readonly comment: string | null },
  ): Promise<FeedbackRecord>;
}

/** The viewer's own evaluations. */
export interface Evaluations {
  list(viewer: Viewer, page: PageArguments, filter: EvaluationFilter): Promise<Page<EvaluationRecord>>;
  summary(
    viewer: Viewer,
    range: { readonly since: Date | null; readonly until: Date | null; readonly groupBy: EvaluationGrouping | null },
  ): Promise<readonly EvaluationSummary[]>;
}

export interface FeatureState {
  readonly name: string;
  readonly envName: string;
  readonly enabled: boolean;
  /** 0..1 */
  readonly rollout: number;
  readonly source: 'DEFAULT' | 'CONFIG' | 'ENVIRONMENT' | 'OVERRIDE';
  /** Why a rollout was taken back. */
  readonly guard: string | null;
}
export interface SetFeature {
  /** `name` or `envName`. */
  readonly name: string;
  readonly enabled: boolean | null;
  /** 0..1 */
  readonly rollout: number | null;
  /** For this tenant alone; absent: for all, or the own tenant where the operator is not the platform's. */
  readonly tenant?: string | null;
  /** For this viewer of the tenant alone. */
  readonly subject?: string | null;
  /** Takes the override of that tenant or viewer out again. */
  readonly reset?: boolean;
}
export interface Features {
  /** As they stand for a viewer; absent: for everybody without an override of their own. */
  list(viewer?: Viewer): readonly FeatureState[];
  /** Operators only: the platform's for anybody, others for their own tenant. Answers how it stands there. */
  set(viewer: Viewer, input: SetFeature): Promise<FeatureState>;
  /** The switches that are on for this viewer now. */
  enabledFor(viewer: Viewer): ReadonlySet<string>;
}

export interface ApiKeys {
  list(viewer: Viewer): Promise<readonly ApiKeyRecord[]>;
  /** The secret is shown once and never stored. For another subject, tenant or role: operators only. */
  create(
    viewer: Viewer,
    input: {
      readonly name: string;
      readonly subject: string | null;
      readonly tenant: string | null;
      readonly role: Role | null;
    },
  ): Promise<{ readonly apiKey: ApiKeyRecord; readonly secret: string }>;
  revoke(viewer: Viewer, id: string): Promise<ApiKeyRecord>;
  /** The viewer whose secret this is, or null. */
  authenticate(secret: string): Promise<Viewer | null>;
}

/** Each throws FEATURE_DISABLED where no plugin that is on for the viewer has the hook. */
export interface Operations {
  trackIntent(
    viewer: Viewer,
    input: { readonly message: string; readonly history: readonly ChatMessage[] },
    signal: AbortSignal,
  ): Promise<IntentAnalysis>;
  evaluateQuality(
    viewer: Viewer,
    input: { readonly query: string; readonly response: string; readonly context: readonly string[] | null },
    signal: AbortSignal,
  ): Promise<QualityReport>;
  /** A dry run of the router. */
  routeModel(
    viewer: Viewer,
    input: { readonly query: string; readonly history: readonly ChatMessage[] },
    signal: AbortSignal,
  ): Promise<RouteDecision>;
  /** Operators only. Answers how many entries went. */
  clearCache(viewer: Viewer, scope: Omit<ClearScope, 'tenant'>): Promise<number>;
}

/** One figure with its target. */
export interface Kpi {
  readonly name: string;
  /** Null where nothing was measured. */
  readonly value: number | null;
  readonly target: number;
  readonly met: boolean | null;
}

/** The number of records removed, by store. */
export interface Erasure {
  /** The id of the audit entry. */
  readonly receipt: string;
  readonly stores: readonly { readonly name: string; readonly removed: number; readonly verifiedEmpty: boolean }[];
}

/** A viewer's own sets, and what their runs came to. */
export interface EvaluationSets {
  /** The same name and cases again are the same set. */
  create(
    viewer: Viewer,
    input: { readonly name: string; readonly cases: readonly EvaluationCase[] },
  ): Promise<EvaluationSetRecord>;
  /** Begins a run. `tolerance`: a case that falls by more is a regression; null: .05. */
  run(viewer: Viewer, setId: string, tolerance: number | null): Promise<EvaluationRunRecord>;
  get(viewer: Viewer, id: string): Promise<EvaluationSetRecord | null>;
  list(viewer: Viewer, page: PageArguments): Promise<Page<EvaluationSetRecord>>;
  getRun(viewer: Viewer, id: string): Promise<EvaluationRunRecord | null>;
  listRuns(viewer: Viewer, setId: string, page: PageArguments): Promise<Page<EvaluationRunRecord>>;
  results(viewer: Viewer, runId: string, page: PageArguments): Promise<Page<CaseResultRecord>>;
  /** Cases that fell since the last complete run of the same judge, worst first, in words. */
  regressions(viewer: Viewer, runId: string): Promise<readonly string[]>;
  summary: EvaluationSetStore['summary'];
  /** The run as it is, then after each change; ends with COMPLETE or FAILED. */
  progress(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<EvaluationRunRecord>;
}

export interface PlatformStatus {
  readonly version: string;
  readonly environment: string;
  readonly features: readonly FeatureState[];
  readonly plugins: readonly {
    readonly name: string;
    readonly version: string;
    readonly enabled: boolean;
    readonly healthy: boolean;
    readonly hooks: readonly HookName[];
    readonly detail: string | null;
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly tier: ModelTier;
    readonly healthy: boolean;
    readonly contextTokens: number | null;
    readonly price: ModelPrice | null;
  }[];
  readonly stores: readonly {
    readonly name: string;
    readonly engine: string;
    readonly healthy: boolean;
    readonly detail: string | null;
  }[];
}

/** All of it: what src/app/ composes and the GraphQL context carries. */
export interface Load {
  readonly generations: { readonly active: number; readonly queued: number };
  readonly jobs: JobsDepth;
  readonly pool: StorePool;
}

export interface Parley {
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly generations: Generations;
  readonly documents: Documents;
  readonly evaluations: Evaluations;
  readonly features: Features;
  readonly apiKeys: ApiKeys;
  readonly operations: Operations;
  readonly evaluationSets: EvaluationSets;
  viewer(identity: { readonly subject: string; readonly tenant: string; readonly role: Role }): Promise<Viewer>;
  usage(viewer: Viewer, since: Date | null): Promise<TurnsUsage>;
  platform(): Promise<PlatformStatus>;
  /** What is under way in this process, and what waits. Reads nothing from the store. */
  load(): Promise<Load>;
  /** Operators only; `since` null: the last seven days. */
  kpis(viewer: Viewer, since: Date | null): Promise<readonly Kpi[]>;
  /** Everything of the viewer, everywhere. `confirm` must be the viewer's subject. */
  erase(viewer: Viewer, confirm: string): Promise<Erasure>;
  /** What the plugin's `setup` returned, while its switch is on for this viewer; undefined otherwise. For the plugin's GraphQL fields. */
  plugin(name: string, viewer: Viewer): object | undefined;
}
