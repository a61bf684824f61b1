/**
 * The operations that GraphQL and the server may call. Each method checks its input, decides access, and throws only
 * AppErrors for errors that a client must see. Implementations: the files of the same names in this folder.
 */
import type { ConversationHappening, LoggedEvent } from '../events.ts';
import type {
  BranchPoint,
  ConversationOrder,
  ConversationRecord,
  FeedbackRecord,
  GenerationRecord,
  MessageRecord,
  Page,
  PageArguments,
  TurnsUsage,
} from '../ports/store.ts';
import type { StoreWatch } from '../runtime/store-watch.ts';
import type { Citation } from '../turn.ts';
import type { Role, Viewer } from '../viewer.ts';
import type { ApiKeys, Erasure, Features, Kpi, Load, Operations, PlatformStatus } from './administration.ts';
import type { EvaluationSets, Evaluations } from './judging.ts';
import type { Documents } from './library.ts';

export type * from './administration.ts';
export type * from './judging.ts';
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

export interface Parley {
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly generations: Generations;
  readonly documents: Documents;
  readonly evaluations: Evaluations;
  readonly features: Features;
  readonly apiKeys: ApiKeys;
  /** Whether the database answers: of replicas, one may have lost it alone. */
  readonly database: Pick<StoreWatch, 'hasOthers' | 'awayHereAlone' | 'awayForLong' | 'guard'>;
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
