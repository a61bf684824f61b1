import DataLoader from 'dataloader';
import type {
  BranchPoint,
  ConversationRecord,
  DocumentRecord,
  MessageRecord,
  Page,
  PageArguments,
  TurnsUsage,
} from '#core/ports/store.ts';
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
  /** A page of a conversation's messages. A few are read at once, and none any more when the client is gone. */
  messages(conversationId: string, page: PageArguments): Promise<Page<MessageRecord>>;
}

/** Pages that one operation reads at once: the statements of others go between. */
const PAGES_AT_ONCE = 4;

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
  readonly #made = new Map<string, unknown>();

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

  messages(conversationId: string, page: PageArguments): Promise<Page<MessageRecord>> {
    const gate = this.#once('gate', () => new Gate(PAGES_AT_ONCE));
    return gate.run(() => this.#parley.messages.list(this.#viewer, conversationId, page), this.#signal);
  }

  #once<T>(name: string, make: () => T): T {
    const made = (this.#made.get(name) as T | undefined) ?? make();
    this.#made.set(name, made);
    return made;
  }

  #byId<T>(getMany: GetMany<T>): DataLoader<string, T | null> {
    return new DataLoader<string, T | null>(
      async (ids) => {
        const found = await getMany(this.#viewer, this.#remember ? ids : [...new Set(ids)]);
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: this.#remember },
    );
  }

  #by<Key, Value>(
    load: (keys: readonly Key[]) => Promise<readonly Value[]>,
    cacheKeyFn: (key: Key) => string,
  ): DataLoader<Key, Value, string> {
    return new DataLoader(load, { cache: this.#remember, cacheKeyFn });
  }
}
