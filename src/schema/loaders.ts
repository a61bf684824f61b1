import DataLoader from 'dataloader';
import type { EvaluationSetRecord } from '#core/ports/evaluation-set-store.ts';
import type {
  BranchPoint,
  ConversationRecord,
  DocumentRecord,
  GenerationRecord,
  MessageRecord,
  Page,
  PageArguments,
  TurnsUsage,
} from '#core/ports/store.ts';
import { FairGate } from '#core/runtime/fair-gate.ts';
import { Gate } from '#core/runtime/gate.ts';
import type { Parley } from '#core/services/index.ts';
import type { Citation } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';

/**
 * Loads records by id, batched into one statement for each kind; new for each operation. Null: it does not exist or is not the viewer's.
 * With `remember: false` they batch without a cache, for operations that outlive their reads.
 */
export interface Loaders {
  readonly conversation: DataLoader<string, ConversationRecord | null>;
  readonly message: DataLoader<string, MessageRecord | null>;
  readonly document: DataLoader<string, DocumentRecord | null>;
  /** The offsets at which a document's pages begin. Null if it has none. */
  readonly pages: DataLoader<string, readonly number[] | null>;
  /** The messages that follow a point, at most 100. */
  readonly following: DataLoader<BranchPoint, readonly MessageRecord[], string>;
  /** The usage of a conversation's turns. Null if it has none. */
  readonly usage: DataLoader<string, TurnsUsage | null>;
  /** The citations of a message, with their passages. */
  readonly citations: DataLoader<MessageRecord, readonly Citation[], string>;
  readonly generation: DataLoader<string, GenerationRecord | null>;
  readonly evaluationSet: DataLoader<string, EvaluationSetRecord | null>;
  /** A page of a conversation's messages. */
  messages(conversationId: string, page: PageArguments): Promise<Page<MessageRecord>>;
  /**
   * A read that is a statement by itself, and asks for no other. A few of a viewer's run at once, over all operations, and none any
   * more when the client is gone.
   */
  apart<T>(read: () => Promise<T>): Promise<T>;
}

/**
 * Reads of one viewer at once: the statements of others go between. The embedded database runs one statement at a time, so
 * with the second one it need not wait for this thread.
 */
const READS_OF_VIEWER = 2;
/** Of a subscription, whose events do not wait for what else its viewer reads. */
const READS_OF_SUBSCRIPTION = 4;

const gates = new WeakMap<Parley, FairGate>();
function readsOf(parley: Parley): FairGate {
  const gate = gates.get(parley) ?? new FairGate({ places: Infinity, perOwner: READS_OF_VIEWER });
  gates.set(parley, gate);
  return gate;
}

export interface LoadersOptions {
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  readonly remember?: boolean;
}

type GetMany<T> = (viewer: Viewer, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/** A loader is made when it is first asked for: most operations need none or one. */
export const loaders = (parley: Parley, viewer: Viewer, options: LoadersOptions): Loaders =>
  new LazyLoaders(parley, viewer, options);

class LazyLoaders implements Loaders {
  readonly #parley: Parley;
  readonly #viewer: Viewer;
  readonly #signal: AbortSignal;
  readonly #remember: boolean;
  #made: Map<string, unknown> | undefined;

  constructor(parley: Parley, viewer: Viewer, { signal, remember = true }: LoadersOptions) {
    this.#parley = parley;
    this.#viewer = viewer;
    this.#signal = signal;
    this.#remember = remember;
  }

  get conversation() {
    return this.#once('conversation', () => this.#byId(this.#parley.conversations.getMany));
  }
  get message() {
    return this.#once('message', () => this.#byId(this.#parley.messages.getMany));
  }
  get document() {
    return this.#once('document', () => this.#byId(this.#parley.documents.getMany));
  }
  get pages() {
    return this.#once('pages', () => this.#byId(this.#parley.documents.pages));
  }
  get usage() {
    return this.#once('usage', () => this.#byId(this.#parley.conversations.usage));
  }
  get following() {
    return this.#once('following', () =>
      this.#by(
        (points: readonly BranchPoint[]) => this.#parley.messages.following(this.#viewer, points),
        ({ conversationId, parentId }) => `${conversationId} ${parentId}`,
      ),
    );
  }
  get citations() {
    return this.#once('citations', () =>
      this.#by(
        (messages: readonly MessageRecord[]) => this.#parley.messages.citations(this.#viewer, messages),
        ({ id }) => id,
      ),
    );
  }

  get generation() {
    return this.#once('generation', () => this.#single((id) => this.#parley.generations.get(this.#viewer, id)));
  }
  get evaluationSet() {
    return this.#once('evaluationSet', () => this.#single((id) => this.#parley.evaluationSets.get(this.#viewer, id)));
  }

  messages(conversationId: string, page: PageArguments): Promise<Page<MessageRecord>> {
    return this.apart(() => this.#parley.messages.list(this.#viewer, conversationId, page));
  }

  apart<T>(read: () => Promise<T>): Promise<T> {
    return this.#remember
      ? readsOf(this.#parley).run(this.#viewer.id, read, this.#signal)
      : this.#once('gate', () => new Gate(READS_OF_SUBSCRIPTION)).run(read, this.#signal);
  }

  #once<T>(name: string, make: () => T): T {
    this.#made ??= new Map();
    const made = (this.#made.get(name) as T | undefined) ?? make();
    this.#made.set(name, made);
    return made;
  }

  #single<T>(get: (id: string) => Promise<T | null>): DataLoader<string, T | null> {
    return new DataLoader((ids) => Promise.all(ids.map((id) => this.apart(() => get(id)))), { cache: this.#remember });
  }

  #byId<T>(getMany: GetMany<T>): DataLoader<string, T | null> {
    return new DataLoader<string, T | null>(
      async (ids) => {
        const found = await this.apart(() => getMany(this.#viewer, this.#remember ? ids : [...new Set(ids)]));
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: this.#remember },
    );
  }

  #by<Key, Value>(
    load: (keys: readonly Key[]) => Promise<readonly Value[]>,
    cacheKeyFn: (key: Key) => string,
  ): DataLoader<Key, Value, string> {
    return new DataLoader((keys: readonly Key[]) => this.apart(() => load(keys)), {
      cache: this.#remember,
      cacheKeyFn,
    });
  }
}
