/** The store's feed of passages without a store: what an index is built from, in its tests. */
import { overviewOf } from '#core/documents/overview.ts';
import type { PluginContext, RetrievalQuery } from '#core/plugin.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { pluginContext } from './plugin-context.ts';

export const viewerOf = (id: string, tenant = 'home'): Viewer => ({ id, subject: id, tenant, role: 'USER' });

export interface FakeFeed {
  readonly feed: PluginContext['passages'];
  /** Replaces the passages of a document, as the store would; each text is a passage. Answers their ids. */
  put(documentId: string, texts: readonly string[], others?: Partial<IndexedPassage>): string[];
  remove(documentId: string): void;
  /** Calls the listeners of `onChange`. Without it, a change counts as another replica's. */
  tell(): void;
  /** While true, `changesAfter` fails. */
  down: boolean;
  /** The number of listeners. */
  listeners(): number;
}

export function fakeFeed({ shared = false } = {}): FakeFeed {
  let changes: PassageChange[] = [];
  let sequence = 0;
  const listeners = new Set<() => void>();
  const next = () => {
    sequence += 1;
    return sequence;
  };
  const remove = (documentId: string) => {
    changes = changes.filter((change) => change.type === 'removed' || change.passage.documentId !== documentId);
    changes.push({ sequence: next(), type: 'removed', documentId });
  };
  const fake: FakeFeed = {
    down: false,
    feed: {
      shared,
      version: () => String(sequence),
      changedAt: () => 0,
      async changesAfter(after, limit) {
        if (fake.down) throw new Error('the store is down');
        return changes.filter((change) => change.sequence > after).slice(0, limit);
      },
      async latestChange() {
        return sequence;
      },
      async origin() {
        return 'fake';
      },
      async exclusively(_name, work) {
        await work();
        return true;
      },
      async passages(viewer, ids) {
        const readable = changes.flatMap((change) =>
          change.type === 'added' &&
          (change.passage.viewerId === viewer.id || (change.passage.shared && change.passage.tenant === viewer.tenant))
            ? [change.passage]
            : [],
        );
        return new Map(readable.filter(({ id }) => ids.includes(id)).map((passage) => [passage.id, passage]));
      },
      async beginnings(viewer, ids, { limit, mostDocuments }) {
        const readable = changes.flatMap((change) =>
          change.type === 'added' &&
          (change.passage.viewerId === viewer.id || change.passage.shared) &&
          (ids === null || ids.includes(change.passage.documentId))
            ? [change.passage]
            : [],
        );
        const documents = [...Map.groupBy(readable, ({ documentId }) => documentId).values()];
        if (documents.length > mostDocuments) return [];
        const each = Math.max(1, Math.floor(limit / Math.max(1, documents.length)));
        return documents
          .flatMap((own) => overviewOf(own.length, each).map((place) => own[place] as IndexedPassage))
          .slice(0, limit);
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    put(documentId, texts, others = {}) {
      remove(documentId);
      return texts.map((text, place) => {
        const id = `${documentId}-${place}`;
        const passage: IndexedPassage = {
          id,
          documentId,
          documentTitle: 'A title',
          heading: null,
          start: 0,
          end: text.length,
          text,
          viewerId: 'ann',
          tenant: 'home',
          shared: false,
          ...others,
        };
        changes.push({ sequence: next(), type: 'added', passage });
        return id;
      });
    },
    remove,
    tell() {
      for (const listener of listeners) listener();
    },
    listeners: () => listeners.size,
  };
  return fake;
}

/** Reads passages of `fake` as the viewer may; none where it is null. */
export const queryOf = (
  query: string,
  viewer: Viewer,
  others: Partial<RetrievalQuery> = {},
  fake: FakeFeed | null = null,
): RetrievalQuery => ({
  viewer,
  query,
  limit: 10,
  documentIds: null,
  strategy: null,
  vectorWeight: null,
  keywordWeight: null,
  rerank: true,
  read: async (ids) => (fake ? fake.feed.passages(viewer, ids) : new Map()),
  ...others,
});

export const houseOf = (feed: FakeFeed, warnings: string[] = [], others: Partial<PluginContext> = {}): PluginContext =>
  pluginContext({ passages: feed.feed, ...others }, warnings);
