import DataLoader from 'dataloader';
import type { ConversationRecord, DocumentRecord, MessageRecord } from '#core/ports/store.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';

/**
 * Records by id, gathered into one statement a kind; made anew for each operation. Null: not there, or not the viewer's.
 * With `remember: false` they only gather, for operations that outlive what they have read.
 */
export interface Loaders {
  readonly conversation: DataLoader<string, ConversationRecord | null>;
  readonly message: DataLoader<string, MessageRecord | null>;
  readonly document: DataLoader<string, DocumentRecord | null>;
}

type GetMany<T> = (viewer: Viewer, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;

export function loaders(parley: Parley, viewer: Viewer, { remember = true } = {}): Loaders {
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
  };
}
