import type { PluginHouse } from '../plugin.ts';
import type { Store } from '../ports/store.ts';

export interface PassageFeed {
  /** What a plugin's house offers. */
  readonly house: PluginHouse['passages'];
  /** This process changed passages: whoever builds an index of them looks again. */
  changed(): void;
}

/** The feed that every index is built from: the store's changes, and a call when there are any. */
export function passageFeed(store: Store): PassageFeed {
  const listeners = new Set<() => void>();
  return {
    house: {
      changesAfter: (sequence, limit) => store.documents.changesAfter(sequence, limit),
      latestChange: () => store.documents.latestChange(),
      origin: () => store.documents.origin(),
      exclusively: (name, work) => store.documents.exclusively(name, work),
      passages: (viewer, ids) => store.documents.passages(viewer, ids),
      shared: store.shared,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    changed() {
      for (const listener of listeners) listener();
    },
  };
}
