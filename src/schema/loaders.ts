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

export function loaders(parley: Parley, viewer: Viewer, { signal, remember = true }: LoadersOptions): Loaders {
  const gate = new Gate(PAGES_AT_ONCE);
  const loader = <T>(getMany: GetMany<T>) =>
    new DataLoader<string, T | null>(
      async (ids) => {
        const found = await getMany(viewer, remember ? ids : [...new Set(ids)]);
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: remember },
    );
  return {
    conversation: loader(parley.conversations.getMany),
    message: loader(parley.messages.getMany),
    document: loader(parley.documents.getMany),
    pages: loader(parley.documents.pages),
    following: new DataLoader((points) => parley.messages.following(viewer, points), {
      cache: remember,
      cacheKeyFn: ({ conversationId, parentId }) => `${conversationId} ${parentId}`,
    }),
    usage: loader(parley.conversations.usage),
    citations: new DataLoader((messages) => parley.messages.citations(viewer, messages), {
      cache: remember,
      cacheKeyFn: ({ id }) => id,
    }),
    messages: (conversationId, page) => gate.run(() => parley.messages.list(viewer, conversationId, page), signal),
  };
}
